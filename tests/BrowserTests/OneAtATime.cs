// One window at a time: the tests share one shop, and two cores have server and browser to carry.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
