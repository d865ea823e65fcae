using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The shop's own rules of handling: clocks and lists, orders of steps, macros, macros</summary>
internal static class RulesApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        var macros = complaints.MapGroup("/macros");
        macros.MapGet("/", MacrosAsync).Needs("complaints.view").WithName("complaints-macros").WithSummary("Canned answers");
        macros.MapPost("/", AddMacroAsync).Needs("complaints.rules").WithName("complaints-macros-add").WithSummary("Adds a canned answer");
        macros.MapPut("/{id:guid}", ChangeMacroAsync).Needs("complaints.rules").WithName("complaints-macros-change").WithSummary("Changes a canned answer");
        macros.MapDelete("/{id:guid}", RemoveMacroAsync).Needs("complaints.rules").WithName("complaints-macros-remove").WithSummary("Removes a canned answer");
        var rules = complaints.MapGroup("/rules");
        rules.MapGet("/", RulesAsync).Needs("complaints.view").WithName("complaints-rules").WithSummary("The rules of complaints: clocks, chain, what makes a case major");
        rules.MapPut("/clocks/{grade}", SetClocksAsync).Needs("complaints.rules").WithName("complaints-rules-clocks").WithSummary("Sets the clocks of a grade");
        rules.MapPost("/", AddRuleAsync).Needs("complaints.rules").WithName("complaints-rules-add").WithSummary("Adds a rule");
        rules.MapPut("/{kind}/{key}", ChangeRuleAsync).Needs("complaints.rules").WithName("complaints-rules-change").WithSummary("Changes a rule; it counts from the next complaint on");
        rules.MapDelete("/{kind}/{key}", RemoveRuleAsync).Needs("complaints.rules").WithName("complaints-rules-remove").WithSummary("Removes a rule");
        var guides = complaints.MapGroup("/guides");
        guides.MapGet("/", GuidesAsync).Needs("complaints.view").WithName("complaints-guides").WithSummary("Orders of handling");
        guides.MapPost("/", AddGuideAsync).Needs("complaints.rules").WithName("complaints-guides-add").WithSummary("Adds an own order of handling");
        guides.MapPut("/{guide}/pick", PickGuideAsync).Needs("complaints.rules").WithName("complaints-guides-pick").WithSummary("Chooses the order in use");
        guides.MapPost("/{guide}/steps", AddStepAsync).Needs("complaints.rules").WithName("complaints-guides-steps-add").WithSummary("Adds a step to an own order");
        guides.MapPut("/{guide}/steps/{step}", ChangeStepAsync).Needs("complaints.rules").WithName("complaints-guides-steps-change").WithSummary("Changes a step of an own order");
        guides.MapPut("/moods/{mood}", SetMoodAsync).Needs("complaints.rules").WithName("complaints-guides-moods").WithSummary("Sets the advice and order for a sort of customer");
    }

    private static async Task<Ok<List<RuleBody>>> RulesAsync(RuleBook book, CancellationToken cancel) =>
        TypedResults.Ok((await book.AllAsync(cancel)).Select(r => new RuleBody(r.Kind, r.Key, r.Words, r.Number, r.Minutes, r.Active, r.Version)).ToList());

    private static async Task<NoContent> SetClocksAsync(ComplaintGrade grade, ClocksBody body, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.SetClocksAsync(grade, new ClockTimes(body.FirstMinutes, body.NextMinutes, body.SolutionMinutes), null, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<Created<RuleBody>> AddRuleAsync(NewRule body, RuleBook book, Db db, CancellationToken cancel)
    {
        var r = await book.AddAsync(body.Kind ?? "", body.Words ?? "", body.Role ?? "", body.Minutes, cancel, body.Kind == "extra" ? body.Amount : body.Percent, body.Onward ?? false);
        var address = $"/api/v1/complaints/rules/{r.Kind}/{r.Key}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new RuleBody(r.Kind, r.Key, r.Words, r.Number, r.Minutes, r.Active, r.Version));
    }

    private static async Task<NoContent> ChangeRuleAsync(string kind, string key, RuleChange body, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.ChangeAsync(kind, key, body.Words ?? "", kind == "extra" ? body.Amount : body.Days, body.Minutes, body.Place, body.Active ?? true, body.Version, cancel, body.Onward);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RemoveRuleAsync(string kind, string key, RuleBook book, Db db, CancellationToken cancel)
    {
        await book.RemoveAsync(kind, key, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<Ok<GuidesBody>> GuidesAsync(RuleBook book, Texts texts, CancellationToken cancel)
    {
        var all = await book.AllAsync(cancel);
        var rules = new HandlingRules(all);
        return TypedResults.Ok(new GuidesBody(rules.Guide, [.. rules.Guides.Select(g => new GuideBody(g, rules.NameOf(texts, "guide", g),
            [.. all.Where(r => r.Kind == "step" && r.Key.StartsWith(g + ":", StringComparison.Ordinal)).OrderBy(r => r.Number).Select(r => new GuideStepBody(r.Key[(g.Length + 1)..], rules.StepName(texts, null, g, r.Key[(g.Length + 1)..]), r.Minutes > 0, r.Active, r.Version))]))],
            all.Where(r => r.Kind == "mood").ToDictionary(r => r.Key, r => r.Words)));
    }

    private static async Task<Created<KeyBody>> AddGuideAsync(NewGuide body, Guides guides, Db db, CancellationToken cancel)
    {
        var key = await guides.AddAsync(body.Name, body.From ?? "", cancel);
        await db.SaveAsync("/api/v1/complaints/guides", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/complaints/guides", new KeyBody(key));
    }

    private static async Task<NoContent> PickGuideAsync(string guide, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.PickAsync(guide, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> AddStepAsync(string guide, NewStep body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.StepAsync(guide, null, body.Name, body.Place, body.Needed, true, null, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> ChangeStepAsync(string guide, string step, NewStep body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.StepAsync(guide, step, body.Name, body.Place, body.Needed, body.Active ?? true, body.Version, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> SetMoodAsync(string mood, MoodGuide body, Guides guides, Db db, CancellationToken cancel)
    {
        await guides.MoodAsync(mood, body.Guide, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<Ok<List<MacroBody>>> MacrosAsync(Db db, CancellationToken cancel) =>
        TypedResults.Ok(await db.Set<Macro>().OrderBy(m => m.Name).Select(m => new MacroBody(m.Id, m.Name, m.Words, m.Channel, m.Promise, m.PromiseHours, m.AssignRole, m.Active, m.Version)).ToListAsync(cancel));

    private static async Task<Created<Made>> AddMacroAsync(NewMacro body, Macros macros, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "complaints/macros", (await macros.SaveAsync(null, 0, body.Name, body.Words, body.Channel, body.Promise, body.PromiseHours, body.AssignRole, body.Active ?? true, cancel)).Id, cancel);

    private static async Task<NoContent> ChangeMacroAsync(Guid id, NewMacro body, Macros macros, Db db, CancellationToken cancel)
    {
        await macros.SaveAsync(id, body.Version, body.Name, body.Words, body.Channel, body.Promise, body.PromiseHours, body.AssignRole, body.Active ?? true, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RemoveMacroAsync(Guid id, Macros macros, Db db, CancellationToken cancel)
    {
        await macros.RemoveAsync(id, cancel);
        return await RuledAsync(db, cancel);
    }

    private static async Task<NoContent> RuledAsync(Db db, CancellationToken cancel)
    {
        await db.SaveAsync("/api/v1/complaints/rules", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal sealed record MacroBody(Guid Id, string Name, string Words, string Channel, string Promise, int PromiseHours, string AssignRole, bool Active, int Version);

    internal sealed record NewMacro(string? Name, string? Words, string? Channel, string? Promise, int? PromiseHours, string? AssignRole, bool? Active, int Version = 0);

    internal sealed record MoodGuide(string? Guide);

    internal sealed record KeyBody(string Key);

    internal sealed record NewGuide(string? Name, string? From);

    internal sealed record NewStep(string? Name, int Place, bool Needed, bool? Active = null, int? Version = null);

    internal sealed record GuideStepBody(string Key, string Name, bool Needed, bool Active, int Version);

    internal sealed record GuideBody(string Key, string Name, List<GuideStepBody> Steps);

    /// <summary>The shop's pick, all orders, and by which a sort of customer is handled (empty: the pick).</summary>
    internal sealed record GuidesBody(string Picked, List<GuideBody> Guides, Dictionary<string, string> Moods);

    /// <summary>A rule of handling: kind is first, next, solution (key = grade, business minutes), major (number = days that count, words of its own), report (key = role, number = place, plain minutes, words = onward where those told before pass it on), extra (number = minor units, words of its own), apology (words).</summary>
    internal sealed record RuleBody(string Kind, string Key, string Words, int Number, int Minutes, bool Active, int Version);

    internal sealed record ClocksBody(int FirstMinutes, int NextMinutes, int SolutionMinutes);

    /// <summary>Of a target the percent, of an extra the amount in minor units.</summary>
    internal sealed record NewRule(string? Kind, string? Words, string? Role, int Minutes, int Percent, bool? Onward = null, int Amount = 0);

    /// <summary>Of the repeat rule the days, of a target the percent in <c>days</c> too, of an extra the amount in minor units.</summary>
    internal sealed record RuleChange(string? Words, int Days, int Minutes, int? Place, bool? Active, int Version, bool? Onward = null, int Amount = 0);
}
