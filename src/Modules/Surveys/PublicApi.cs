using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Surveys;

/// <summary>What the script of a survey's page sends: steps as they are answered, and the whole at the end.</summary>
internal static class PublicApi
{
    private const int MostFields = 400;

    /// <param name="Stamp">Which answer, sealed.</param>
    /// <param name="Values">What was answered, by field.</param>
    /// <param name="Language">In which language.</param>
    /// <param name="Done">The last step.</param>
    /// <param name="Touch">One touch at the counter: only the overall question.</param>
    public sealed record SentAnswer(string? Stamp, Dictionary<string, string[]>? Values, string? Language, bool Done, bool Touch = false);

    public sealed record KeptAnswer(string State);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/v1/s/{Token}", SendAsync).WithMetadata(new ByLinkAttribute(SurveyDesk.LinkKind)).OpenToAll("The survey's page sends by the link it was opened with.").ExcludeFromDescription();

    private static async Task<Ok<KeptAnswer>> SendAsync(HttpContext http, SentAnswer sent, Answering answering, Stamps stamps, Db db, TimeProvider time, Texts texts, CancellationToken cancel)
    {
        var link = ((Link)http.Items[WhoIsMiddleware.LinkItem]!).SubjectId;
        var opened = await answering.OpenAsync(link, cancel) ?? throw new NotThere();
        var id = stamps.Read(sent.Stamp, link, time.Now()) ?? throw new Refused("surveys.fill.too-old");
        if (sent.Values is null || sent.Values.Count > MostFields) throw new Refused("surveys.fill.unknown");
        var answer = await answering.FindAsync(opened, id, cancel);
        if (answer is { State: AnswerState.Finished } || opened.Invitation is { State: InvitationState.Answered or InvitationState.Declined }) return TypedResults.Ok(new KeptAnswer("finished"));
        if (answer is not null && answer.EditionId != opened.EditionId) opened = opened with { EditionId = answer.EditionId, Form = await answering.FormAsync(answer.EditionId, cancel) };

        var language = Array.IndexOf(Texts.Languages, sent.Language) >= 0 ? sent.Language! : Texts.Languages[0];
        var run = new SurveyRun(opened.Form, SurveyAnswer.SeedOf(answer?.Id ?? id));
        var given = new Typed();
        foreach (var (field, values) in sent.Values) given[field] = values ?? [];
        var (typed, errors) = (new Typed(), new List<(string, string)>());
        // Screen by screen: what is asked depends on what was answered before.
        foreach (var screen in run.AllScreens()) run.Take(screen, given, typed, (field, key, args) => errors.Add((field, texts[key, args])), strict: false);
        if (sent.Done && !sent.Touch)
        {
            foreach (var question in run.Screens(typed).SelectMany(s => s.Questions).Where(q => q.Required && !SurveyRun.IsAnswered(q, typed))) errors.Add((question.Key, texts["surveys.fill.required"] + " " + question.Text.In(language)));
        }

        if (sent.Done && errors.Count > 0) throw new BadInput(errors);
        if (answer is null)
        {
            var source = opened.Door is { Kind: not DoorKind.Tablet } ? Peer.SourceOf(http, opened.Door.Token, time.Now()) : "";
            if (opened.Door is { } door) await answering.HoldOffAsync(door, source, cancel);
            answer = answering.Begin(opened, id, source);
        }

        if (sent.Done) await answering.FinishAsync(answer, opened, typed, language, cancel);
        else answer.Keep(typed, language, time.Now());
        await db.SaveAsync("", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new KeptAnswer(sent.Done ? "finished" : "kept"));
    }
}
