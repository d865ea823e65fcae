using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>The machine door of cross- and up-selling.</summary>
internal static class OfferApi
{
    /// <param name="Bought">Words of the goods that were bought, a line each: part of the name, or how the code begins.</param>
    /// <param name="Lacks">Words of the goods the customer has none of, and that are offered.</param>
    /// <param name="WithinDays">0: however long ago.</param>
    public sealed record RuleBody(string? Title, string? Bought, string? Lacks, int? FromDays, int? WithinDays, string? Words, int? CountDays, int? ControlPercent, bool? Active);

    public sealed record RuleAnswer(Guid Id, string Title, string Bought, string Lacks, int FromDays, int WithinDays, string Words, int CountDays, int ControlPercent, long Seed, bool Active, int Version);

    /// <param name="Way">Message or Call.</param>
    /// <param name="Most">1 … 500, the newest buyers first.</param>
    public sealed record GiveBody(CareWay? Way, int? Most);

    public sealed record GivenAnswer(int Given, int Left);

    /// <param name="Fits">At most 1,001.</param>
    /// <param name="TooFew">Fewer than 30 on a side: the differences say nothing.</param>
    /// <param name="Revenue">Of the goods offered, less what was brought back, minor units.</param>
    public sealed record EffectAnswer(int Fits, int Offered, int Bought, int Wants, int No, long Revenue, string Currency, int Told, int ToldBought, int Left, int LeftBought, double Difference, double Low, double High, double ToldRevenue, double LeftRevenue, double RevenueLow, double RevenueHigh, bool TooFew);

    public sealed record FitAnswer(Guid RuleId, string Title, string Words, string Product, DateOnly SoldOn, bool Given);

    /// <param name="Said">Wants, Later or No.</param>
    public sealed record TellBody(Guid RuleId, OfferState? Said);

    public static void Map(IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/api/v1/care/offer-rules").WithTags("care");
        rules.MapGet("", RulesAsync).Needs("care.view").WithSummary("Rules of cross- and up-selling");
        rules.MapPost("", (RuleBody body, OfferDesk desk, Db db, Texts texts, CancellationToken cancel) => SaveAsync(null, body, desk, db, texts, cancel)).Needs("care.plan").WithSummary("Make a rule of cross- and up-selling");
        rules.MapPut("{id:guid}", (Guid id, RuleBody body, OfferDesk desk, Db db, Texts texts, CancellationToken cancel) => SaveAsync(id, body, desk, db, texts, cancel)).Needs("care.plan").WithSummary("Change a rule of cross- and up-selling");
        rules.MapGet("{id:guid}/effect", EffectAsync).Needs("care.view").WithSummary("Whom a rule fits, and what it has brought, with its margin");
        rules.MapPost("{id:guid}/give", GiveAsync).Needs("care.plan").WithSummary("Give a rule out: some are left alone, by lot");
        var one = app.MapGroup("/api/v1/customers/{customerId:guid}/offers").WithTags("care");
        one.MapGet("", ForAsync).Needs("care.view").WithSummary("What goes with what a customer has");
        one.MapPost("", TellAsync).Needs("care.work").WithSummary("A customer was told, and what they said");
    }

    private static async Task<Ok<List<RuleAnswer>>> RulesAsync(Db db, Texts texts, CancellationToken cancel) =>
        TypedResults.Ok((await db.Set<OfferRule>().OrderBy(r => r.Place).ThenBy(r => r.Id).ToListAsync(cancel)).ConvertAll(r => Answer(r, texts)));

    private static async Task<Ok<RuleAnswer>> SaveAsync(Guid? id, RuleBody body, OfferDesk desk, Db db, Texts texts, CancellationToken cancel)
    {
        var rule = await desk.SaveAsync(id, new(body.Title, body.Bought, body.Lacks, body.FromDays ?? 0, body.WithinDays ?? 0, body.Words, body.CountDays ?? 30, body.ControlPercent ?? 10, body.Active ?? true), cancel);
        await db.SaveAsync($"/care/offers/{rule.Id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(rule, texts));
    }

    private static async Task<Ok<EffectAnswer>> EffectAsync(Guid id, OfferDesk desk, Db db, CancellationToken cancel)
    {
        var rule = await db.Set<OfferRule>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        var r = await desk.ResultAsync(rule, cancel);
        var fits = await desk.CountAsync(rule, cancel);
        return TypedResults.Ok(new EffectAnswer(fits, r.Offered.All, r.Offered.Bought, r.Wants, r.No, r.Revenue, r.Currency, r.Told.All, r.Told.Bought, r.Left.All, r.Left.Bought, r.Share.Difference, r.Share.Low, r.Share.High, r.Heads.First, r.Heads.Second, r.Heads.Low, r.Heads.High, r.TooFew));
    }

    private static async Task<Ok<GivenAnswer>> GiveAsync(Guid id, GiveBody body, OfferDesk desk, Db db, CancellationToken cancel)
    {
        var (given, left) = await desk.GiveAsync(id, body.Way ?? CareWay.Gift, body.Most ?? OfferDesk.MostAtOnce, cancel);
        await db.SaveAsync($"/care/offers/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new GivenAnswer(given, left));
    }

    private static async Task<Ok<List<FitAnswer>>> ForAsync(Guid customerId, OfferDesk desk, Db db, Texts texts, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        return TypedResults.Ok((await desk.ForAsync(customerId, cancel)).Select(f => new FitAnswer(f.Rule.Id, texts[f.Rule.Title], texts[f.Rule.Words], f.Product, f.SoldOn, f.Given)).ToList());
    }

    private static async Task<NoContent> TellAsync(Guid customerId, TellBody body, OfferDesk desk, Db db, CancellationToken cancel)
    {
        await desk.TellAsync(customerId, body.RuleId, body.Said ?? OfferState.Given, cancel);
        await db.SaveAsync($"/customers/{customerId}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static RuleAnswer Answer(OfferRule r, Texts texts) => new(r.Id, texts[r.Title], r.Bought, r.Lacks, r.FromDays, r.WithinDays, texts[r.Words], r.CountDays, r.ControlPercent, r.Seed, r.Active, r.Version);
}
