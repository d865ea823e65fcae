using Huitou.Trials;

// ./trial data DIR: the product against real files. ./trial NAME…: faults. Each check prints one line.
var report = new Report();
if (args is ["data", var folder])
{
    if (!Directory.Exists(folder)) throw new DirectoryNotFoundException(folder);
    Huitou.Trials.Data.LunarTrial.Run(folder, report);
    Huitou.Trials.Data.SheetsTrial.Run(folder, report);
}
else
{
    Console.Error.WriteLine("usage: ./trial data DIR | ./trial NAME…");
    return 2;
}

return report.Close();
