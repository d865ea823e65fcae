using Huitou.Insights;

namespace Huitou.Tests.Insights;

/// <summary>What the home names to begin with.</summary>
public sealed class FirstThingsTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 7, 0, 0, DateTimeKind.Utc);

    private static FirstThing One(FirstKind kind, int hours) => new(kind, "", null, $"{kind} {hours}", Now.AddHours(hours), null, "/");

    [Fact]
    public void What_is_past_its_clock_comes_first_and_complaints_before_all()
    {
        FirstThing[] all = [One(FirstKind.FollowUp, -400), One(FirstKind.Approval, 2), One(FirstKind.Complaint, 1), One(FirstKind.Promise, -1), One(FirstKind.Complaint, -2), One(FirstKind.LowRating, -30)];
        Assert.Equal(["Complaint -2", "LowRating -30", "Promise -1", "FollowUp -400", "Complaint 1", "Approval 2"], FirstThings.InOrder(all, Now).Select(t => t.Words));
    }

    [Fact]
    public void However_many_complaints_are_late_a_promise_and_an_approval_keep_their_place()
    {
        var all = FirstThings.InOrder([.. Enumerable.Range(1, 9).Select(n => One(FirstKind.Complaint, -n)), .. Enumerable.Range(1, 9).Select(n => One(FirstKind.FollowUp, -99 - n)), One(FirstKind.Promise, 3), One(FirstKind.Approval, -5), One(FirstKind.Approval, 4)], Now);
        Assert.Equal(["Complaint -9", "Complaint -8", "Complaint -7", "Approval -5", "Promise 3"], FirstThings.Head(all, 5).Select(t => t.Words));
    }
}
