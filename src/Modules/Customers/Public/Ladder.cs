using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>Where a customer stands on S2's ladder (K5): set by who knows them, with why, and moved by how a complaint ended.</summary>
public sealed class LadderDesk(Db db, Timeline timeline, Audit audit)
{
    public const int WordsMax = 200;

    /// <summary>Sets the step, or says that it is not known (null), with why.</summary>
    public async Task SetAsync(Guid customerId, LadderStep? step, string? words, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var why = (words ?? "").Trim();
        var wrong = new Wrongs();
        wrong.If(step is { } known && !Enum.IsDefined(known), "In.Step", "customers.ladder.step-unknown");
        wrong.If(why.Length is 0 or > WordsMax, "In.Words", "customers.ladder.why-needed", WordsMax);
        wrong.Stop();
        await StepAsync(customerId, step, cancel);
        timeline.Add(customerId, TimelineKind.Satisfaction, "customers.timeline.ladder", [WordOf(step)], why);
        audit.Add("customers.ladder", "customers.customer", customerId, step?.ToString() ?? "");
    }

    /// <summary>
    /// A complaint ended: who is not satisfied stands below what they expect; who was won back and stood there stands at least on the lowest
    /// step above. What staff set higher stays. The complaint's own line on the timeline says the rest.
    /// </summary>
    public async Task AfterComplaintAsync(Guid customerId, bool satisfied, CancellationToken cancel = default)
    {
        var now = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == customerId).Select(c => new { c.Ladder }).FirstOrDefaultAsync(cancel);
        if (now is null) return;
        var then = !satisfied ? LadderStep.Complaining : now.Ladder is null or LadderStep.Complaining ? LadderStep.Content : now.Ladder;
        if (then != now.Ladder) await StepAsync(customerId, then, cancel);
    }

    /// <summary>The step's word: a text key.</summary>
    public static string WordOf(LadderStep? step) => $"kit.ladder.{(step is { } at ? (int)at + 1 : 0)}";

    // The file's version is left alone: who edits the file meanwhile has no conflict.
    private Task<int> StepAsync(Guid customerId, LadderStep? step, CancellationToken cancel) =>
        db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == customerId).ExecuteUpdateAsync(s => s.SetProperty(c => c.Ladder, step), cancel);
}
