using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Messages;

/// <summary>Templates at the machine door.</summary>
internal static class TemplateApi
{
    /// <param name="Words">zh-CN, zh-TW, en; an empty body: none in that language.</param>
    /// <param name="Edition">The edition you have read; 0 for a new one or one as shipped.</param>
    public sealed record TemplateBody(string Name, ContactPurpose Purpose, string? Channel, string? ProviderCode, IReadOnlyList<TemplateWords> Words, int Edition = 0);

    public sealed record TemplateAnswer(string Key, string Name, ContactPurpose Purpose, string Channel, string ProviderCode, int Edition, bool Ready, bool Retired, IReadOnlyList<TemplateWords> Words);

    public sealed record TemplatesAnswer(IReadOnlyList<TemplateAnswer> Items, IReadOnlyList<string> Fields);

    public sealed record RetiredBody(bool Value);

    public sealed record PreviewAnswer(string Subject, string Body, int Length, int TextMessages, IReadOnlyList<string> Empty);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/messages/templates").WithTags("messages").Needs("messages.templates");
        group.MapGet("", List).WithSummary("Templates of messages and the fields they may use");
        group.MapGet("/{key}", Read).WithSummary("One template");
        group.MapPost("", Create).WithSummary("A new template");
        group.MapPut("/{key}", Change).WithSummary("Change a template; other words are a new edition");
        group.MapPut("/{key}/retired", Retire).WithSummary("Put it away, or offer it again");
        group.MapGet("/{key}/preview", Preview).WithSummary("Filled in for one customer; language zh-CN, zh-TW or en");
    }

    private static async Task<Ok<TemplatesAnswer>> List(Templates templates, CancellationToken cancel) =>
        TypedResults.Ok(new TemplatesAnswer([.. (await templates.AllAsync(alsoRetired: true, cancel)).Select(Answer)], [.. templates.Fields.Select(f => f.Key)]));

    private static async Task<Ok<TemplateAnswer>> Read(string key, Templates templates, CancellationToken cancel) => TypedResults.Ok(Answer(await templates.FindAsync(key, cancel)));

    private static async Task<Created<TemplateAnswer>> Create(TemplateBody body, TemplateDesk desk, Templates templates, Db db, CancellationToken cancel)
    {
        var key = await desk.SaveAsync(null, Draft(body), 0, cancel);
        await db.SaveChangesAsync(cancel);
        var answer = Answer(await templates.FindAsync(key, cancel));
        await db.SaveAsync("/api/v1/messages/templates/" + key, StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/messages/templates/" + key, answer);
    }

    private static async Task<Ok<TemplateAnswer>> Change(string key, TemplateBody body, TemplateDesk desk, Templates templates, Db db, CancellationToken cancel)
    {
        await desk.SaveAsync(key, Draft(body), body.Edition, cancel);
        return await SavedAsync(key, templates, db, cancel);
    }

    private static async Task<Ok<TemplateAnswer>> Retire(string key, RetiredBody body, TemplateDesk desk, Templates templates, Db db, CancellationToken cancel)
    {
        await desk.RetireAsync(key, body.Value, cancel);
        return await SavedAsync(key, templates, db, cancel);
    }

    private static async Task<Ok<TemplateAnswer>> SavedAsync(string key, Templates templates, Db db, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        var answer = Answer(await templates.FindAsync(key, cancel));
        await db.SaveAsync("/api/v1/messages/templates/" + key, StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(answer);
    }

    private static async Task<Ok<PreviewAnswer>> Preview(string key, Guid customerId, Templates templates, IEnumerable<ITemplateSubjects> subjects, CancellationToken cancel, string language = "zh-CN")
    {
        // Only for whom the caller may see.
        var seen = false;
        foreach (var source in subjects) seen |= await source.MayAsync(customerId, cancel);
        if (!seen) throw new NotThere();
        var rendered = await templates.RenderAsync(key, customerId, null, language, cancel);
        return TypedResults.Ok(new PreviewAnswer(rendered.Subject, rendered.Body, rendered.Body.Length, TemplateText.Parts(rendered.Body), rendered.Empty));
    }

    private static TemplateDraft Draft(TemplateBody body) => new(body.Name ?? "", body.Purpose, body.Channel ?? "", body.ProviderCode ?? "", [.. (body.Words ?? []).Select(w => new TemplateWords(w.Subject ?? "", w.Body ?? ""))]);

    private static TemplateAnswer Answer(TemplateRow t) => new(t.Key, t.Name, t.Purpose, t.Channel, t.ProviderCode, t.Edition, t.IsReady, t.Retired, t.Words);
}
