using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Components;

namespace Huitou.Insights;

/// <summary>Where the month stands, in the four steps of the strip (C2).</summary>
internal static class CycleOf
{
    public static IReadOnlyList<CycleStep> Steps(MonthView view, Texts t, NavigationManager nav)
    {
        var (cycle, calls, span) = (view.Cycle, view.Calls, view.Span);
        var frozen = cycle is not null && cycle.Least != CycleState.Draft;
        var closed = cycle is not null && cycle.Least == CycleState.Closed;
        var checking = cycle is not null && cycle.Least == CycleState.Checking;
        string Rows(FigureOf of) => $"/insights/rows?of={of}&month={span.Word}{(Address.Query(nav).TryGetValue("store", out var store) ? $"&store={store}" : "")}";
        var plan = new CycleStep(t["insights.cycle.plan"], frozen ? StepState.Done : StepState.Now,
            cycle is null ? t["insights.cycle.no-plan"] : cycle.FrozenAt is { } at ? t["insights.cycle.frozen", at.Local(span.Zone).ToString("M-dd", CultureInfo.InvariantCulture)] : t["insights.cycle.draft"],
            Number(cycle?.Customers ?? 0), t["insights.cycle.customers"], [new BarPart(frozen ? 1 : cycle is null ? 0 : 0.5, frozen ? Tone.Good : Tone.Accent)],
            cycle is null ? [t["insights.cycle.make-plan"]] : [t["insights.cycle.contacts", cycle.Contacts, cycle.Second], cycle.Target is { } target ? t["insights.cycle.target", target] : ""], cycle is null ? "/cycles" : $"/cycles/{span.Word}");
        var (done, late) = (Share(calls.Done, calls.Planned), Share(calls.Late, calls.Planned));
        var act = new CycleStep(t["insights.cycle.do"], closed || checking || !span.IsPresent ? StepState.Done : frozen || calls.Planned > 0 ? StepState.Now : StepState.Next,
            span.IsPresent ? t["insights.cycle.day", span.Today.Day] : null, Number(calls.Done), t["insights.cycle.done-of", calls.Due], [new BarPart(done), new BarPart(late, Tone.Bad)],
            [t["insights.cycle.to-come", Math.Max(0, calls.Planned - calls.Due)]], Rows(FigureOf.Planned), calls.Late > 0 ? t["insights.late-count", calls.Late] : null);
        var check = new CycleStep(t["insights.cycle.check"], closed ? StepState.Done : checking ? StepState.Now : StepState.Next, cycle is { Drawn: > 0 } ? t["insights.cycle.drawn", cycle.Drawn] : null,
            Number(cycle?.Checked ?? 0), t["insights.cycle.checked"], [new BarPart(Share(cycle?.Checked ?? 0, cycle?.Drawn ?? 0))], [cycle is { Drawn: > 0 } ? t["insights.cycle.to-check", cycle.Drawn - cycle.Checked] : t["insights.cycle.check-later"], view.Quality is { } quality ? t["insights.cycle.quality", quality] : ""], cycle is null ? "/cycles" : $"/cycles/{span.Word}");
        var improve = new CycleStep(t["insights.cycle.act"], closed ? StepState.Done : StepState.Next, cycle is { Improvements: > 0 } ? t["insights.cycle.items", cycle.Improvements] : null,
            Number(cycle?.Improved ?? 0), t["insights.cycle.improved"], [new BarPart(Share(cycle?.Improved ?? 0, cycle?.Improvements ?? 0), Tone.Warn)], [cycle is { Improvements: > 0 } ? t["insights.cycle.to-improve", cycle.Improvements - cycle.Improved] : t["insights.cycle.act-later"]], cycle is null ? "/cycles" : $"/cycles/{span.Word}");
        return [plan, act, check, improve];
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static string Number(int value) => value.ToString("N0", CultureInfo.CurrentCulture);
}
