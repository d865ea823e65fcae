using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>The machine door of the way after a purchase, topics and news, promotions, events.</summary>
internal static class MoreApi
{
    public sealed record StageAnswer(JourneyStage Stage, int Customers);

    public sealed record TopicBody(string? Name);

    public sealed record TopicAnswer(Guid Id, string Name);

    /// <param name="TopicIds">From now on these.</param>
    public sealed record InterestsBody(IReadOnlyList<Guid>? TopicIds);

    public sealed record NewsBody(Guid TopicId, string? Title, string? Words);

    /// <param name="Words">At most 200 characters.</param>
    public sealed record NewsNoteBody(string? Words);

    /// <param name="Readers">To so many it was given out.</param>
    public sealed record NewsAnswer(Guid Id, Guid TopicId, string Title, string Words, DateTime MadeAt, DateTime? SentAt, int Readers, DateTime? StoppedAt);

    /// <param name="BeganOn">Null: still a draft.</param>
    public sealed record PromotionAnswer(Guid Id, string Title, string Words, int ControlPercent, int Days, long Seed, DateTime MadeAt, DateOnly? BeganOn, DateTime? StoppedAt);

    /// <param name="Came">Guests who checked in.</param>
    public sealed record EventAnswer(Guid Id, string Title, string Place, DateTime At, int Seats, Guid? StoreId, DateTime? CancelledAt, int Invited, int Yes, int Came);

    /// <param name="AlsoOnlyOffers">Also to who only ever hears of offers.</param>
    public sealed record SendBody(bool AlsoOnlyOffers);

    public sealed record MadeAnswer(Guid Id);

    public sealed record CountAnswer(int Customers);

    /// <param name="Back">Messages that had not left yet and were called back.</param>
    public sealed record StoppedAnswer(int Back);

    /// <param name="Back">Invitations that had not left yet and were called back.</param>
    /// <param name="Told">Guests who had said yes and are told.</param>
    public sealed record CancelledAnswer(int Back, int Told);

    /// <param name="CustomerIds">At most 2,000.</param>
    /// <param name="ControlPercent">5 … 50 in a hundred are left alone.</param>
    /// <param name="Days">Purchases count for so many days.</param>
    /// <param name="Seed">Of the drawing; one is drawn when not given.</param>
    public sealed record PromotionBody(IReadOnlyList<Guid>? CustomerIds, string? Title, string? Words, int ControlPercent, int Days, long? Seed);

    /// <param name="TooFew">Fewer than 30 on a side: the differences say nothing.</param>
    /// <param name="ToldRevenue">Bought a head, less what was brought back, minor units.</param>
    public sealed record ResultAnswer(int Told, int ToldBought, int Left, int LeftBought, int NewBuyers, double Difference, double Low, double High, bool TooFew, bool Over, double ToldRevenue, double LeftRevenue, double RevenueLow, double RevenueHigh, string Currency);

    public sealed record EventBody(string? Title, string? Place, string? Words, DateTime At, int Seats, Guid? StoreId);

    public sealed record InviteBody(IReadOnlyList<Guid>? CustomerIds);

    public sealed record GuestAnswer(Guid Id, Guid CustomerId, GuestReply Reply, DateTime? CameAt, int? Score, string Words);

    public static void Map(IEndpointRouteBuilder app)
    {
        var care = app.MapGroup("/api/v1/care").WithTags("care");
        care.MapGet("journey", Journey).Needs("care.view").WithSummary("How many customers stand in each stage after a purchase");
        care.MapGet("topics", async (Db db, CancellationToken cancel) => TypedResults.Ok(await db.Set<Topic>().OrderBy(t => t.Name).Select(t => new TopicAnswer(t.Id, t.Name)).ToListAsync(cancel))).Needs("care.view").WithSummary("Topics");
        care.MapPost("topics", async (TopicBody body, NewsDesk desk, Db db, CancellationToken cancel) =>
        {
            var topic = await desk.AddTopicAsync(body.Name, cancel);
            await db.SaveAsync("/api/v1/care/topics", StatusCodes.Status201Created, cancel);
            return TypedResults.Created("/api/v1/care/topics", new TopicAnswer(topic.Id, topic.Name));
        }).Needs("care.plan").WithSummary("Add a topic");
        care.MapPut("customers/{customerId:guid}/topics", async (Guid customerId, InterestsBody body, NewsDesk desk, Db db, CancellationToken cancel) =>
        {
            await desk.ChooseAsync(customerId, body.TopicIds ?? [], cancel);
            await db.SaveAsync($"/customers/{customerId}", StatusCodes.Status204NoContent, cancel);
            return TypedResults.NoContent();
        }).Needs("care.work").WithSummary("What a customer cares for");
        care.MapPost("customers/{customerId:guid}/welcome", async (Guid customerId, Db db, CurrentUser me, TimeProvider time, Huitou.Customers.Public.Timeline timeline, CancellationToken cancel) => await MadeAsync("welcome", (await Welcome.ForAsync(db, me, time, timeline, customerId, cancel)).Id, db, cancel)).Needs("care.work").WithSummary("The customer's welcome card, made when there is none");
        care.MapGet("welcome/{id:guid}.pdf", (Guid id) => new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult(typeof(Pages.WelcomeCard), new { Id = id })).Needs("care.work").WithMetadata(new Huitou.Kit.PaperAttribute { Always = true }).WithSummary("The welcome card as PDF").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        care.MapGet("news", News).Needs("care.view").WithSummary("News, newest first");
        care.MapGet("promotions", Promotions).Needs("care.view").WithSummary("Promotions, newest first");
        care.MapGet("events", Events).Needs("care.view").WithSummary("Events, the latest first, with who comes");
        care.MapPost("news", async (NewsBody body, NewsDesk desk, Db db, CancellationToken cancel) => await MadeAsync("news", (await desk.WriteAsync(body.TopicId, body.Title, body.Words, cancel)).Id, db, cancel)).Needs("care.plan").WithSummary("Write news on a topic");
        care.MapPut("news/{id:guid}/notes/{customerId:guid}", NoteAsync).Needs("care.work").WithSummary("A word of one's own to one reader, in front of what all read; empty takes it back");
        care.MapPost("news/{id:guid}/send", async (Guid id, SendBody body, NewsDesk desk, Db db, CancellationToken cancel) => await CountAsync($"/care/news/{id}", await desk.SendAsync(id, body.AlsoOnlyOffers, cancel), db, cancel)).Needs("care.plan").WithSummary("Give news out to its readers, each once");
        care.MapPost("promotions", async (PromotionBody body, PromotionDesk desk, Db db, CancellationToken cancel) =>
        {
            var ids = body.CustomerIds ?? [];
            return await MadeAsync("promotions", (await desk.MakeAsync(db.Set<Customer>().Where(c => ids.Contains(c.Id)), body.Title, body.Words, body.ControlPercent, body.Days, body.Seed, cancel)).Id, db, cancel);
        }).Needs("care.plan").WithSummary("Make a promotion: some are left alone, by lot");
        care.MapPost("promotions/{id:guid}/begin", async (Guid id, PromotionDesk desk, Db db, CancellationToken cancel) => await CountAsync($"/care/promotions/{id}", await desk.BeginAsync(id, cancel), db, cancel)).Needs("care.plan").WithSummary("Write to all but those left alone");
        care.MapPost("promotions/{id:guid}/stop", async (Guid id, PromotionDesk desk, Db db, CancellationToken cancel) => await StoppedAsync($"/care/promotions/{id}", await desk.StopAsync(id, cancel), db, cancel)).Needs("care.plan").WithSummary("Stop a promotion: what has not left yet is called back");
        care.MapPost("news/{id:guid}/stop", async (Guid id, NewsDesk desk, Db db, CancellationToken cancel) => await StoppedAsync($"/care/news/{id}", await desk.StopAsync(id, cancel), db, cancel)).Needs("care.plan").WithSummary("Stop news: what has not left yet is called back");
        care.MapPost("events/{id:guid}/cancel", CancelAsync).Needs("care.plan").WithSummary("Cancel an event: invitations that have not left yet are called back, who said yes is told");
        care.MapGet("promotions/{id:guid}", Result).Needs("care.view").WithSummary("What a promotion has brought, with its margin");
        care.MapPost("events", async (EventBody body, EventDesk desk, Db db, CancellationToken cancel) => await MadeAsync("events", (await desk.MakeAsync(body.Title, body.Place, body.Words, body.At.ToUniversalTime(), body.Seats, body.StoreId, cancel)).Id, db, cancel)).Needs("care.plan").WithSummary("Make an event");
        care.MapPost("events/{id:guid}/invite", async (Guid id, InviteBody body, EventDesk desk, Db db, CancellationToken cancel) =>
        {
            var ids = body.CustomerIds ?? [];
            return await CountAsync($"/care/events/{id}", await desk.InviteAsync(id, db.Set<Customer>().Where(c => ids.Contains(c.Id)), cancel), db, cancel);
        }).Needs("care.work").WithSummary("Invite customers");
        care.MapGet("events/{id:guid}/guests", Guests).Needs("care.view").WithSummary("Guests of an event, the last invited first");
        care.MapPost("check-in/{id:guid}", async (Guid id, EventDesk desk, Db db, CancellationToken cancel) =>
        {
            var guest = await desk.CheckInAsync(id, cancel);
            var answer = new GuestAnswer(guest.Id, guest.CustomerId, guest.Reply, guest.CameAt, guest.Score, guest.Words);
            await db.SaveAsync($"/care/check-in/{id}", StatusCodes.Status200OK, cancel);
            return TypedResults.Ok(answer);
        }).Needs("care.work").WithSummary("A guest is here");
    }

    private static async Task<NoContent> NoteAsync(Guid id, Guid customerId, NewsNoteBody body, NewsDesk desk, Db db, CancellationToken cancel)
    {
        try
        {
            await desk.NoteAsync(id, new Dictionary<Guid, string> { [customerId] = (body.Words ?? "").Trim() }, cancel);
        }
        catch (Refused wrong) when (wrong.Field is not null)
        {
            // The page names its many fields by their readers; here there is one.
            throw new Refused(wrong.Key, wrong.Args) { Field = "In.Words" };
        }

        await db.SaveAsync($"/care/news/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static Task<Ok<Listed<NewsAnswer>>> News(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) =>
        db.Set<NewsItem>().ListAsync(n => new NewsAnswer(n.Id, n.TopicId, n.Title, n.Words, n.MadeAt, n.SentAt, n.Readers, n.StoppedAt), cursor, size, cancel);

    private static Task<Ok<Listed<PromotionAnswer>>> Promotions(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) =>
        db.Set<Promotion>().ListAsync(p => new PromotionAnswer(p.Id, p.Title, p.Words, p.ControlPercent, p.Days, p.Seed, p.MadeAt, p.BeganOn, p.StoppedAt), cursor, size, cancel);

    private static async Task<Ok<Listed<EventAnswer>>> Events(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        var all = db.Set<ShopEvent>();
        var (events, next) = await all.PageByAsync(all, e => e.At, latestFirst: true, cursor, size, cancel);
        var ids = events.ConvertAll(e => e.Id);
        var guests = await db.Set<Guest>().Where(g => ids.Contains(g.EventId)).GroupBy(g => g.EventId)
            .Select(g => new { g.Key, Invited = g.Count(), Yes = g.Count(x => x.Reply == GuestReply.Yes), Came = g.Count(x => x.CameAt != null) }).ToDictionaryAsync(g => g.Key, cancel);
        return TypedResults.Ok(new Listed<EventAnswer>(events.ConvertAll(e => guests.GetValueOrDefault(e.Id) is { } g
            ? new EventAnswer(e.Id, e.Title, e.Place, e.At, e.Seats, e.StoreId, e.CancelledAt, g.Invited, g.Yes, g.Came)
            : new EventAnswer(e.Id, e.Title, e.Place, e.At, e.Seats, e.StoreId, e.CancelledAt, 0, 0, 0)), next));
    }

    private static async Task<Ok<Listed<GuestAnswer>>> Guests(Guid id, Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        if (!await db.Set<ShopEvent>().AnyAsync(e => e.Id == id, cancel)) throw new NotThere();
        return await db.Set<Guest>().Where(g => g.EventId == id).ListAsync(g => new GuestAnswer(g.Id, g.CustomerId, g.Reply, g.CameAt, g.Score, g.Words), cursor, size, cancel);
    }

    private static async Task<Ok<List<StageAnswer>>> Journey(Db db, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        var days = JourneyDays.Of(await Setting.OfAsync(db, cancel), time.Today(me.Zone));
        var stages = new List<StageAnswer>();
        foreach (var stage in Enum.GetValues<JourneyStage>()) stages.Add(new(stage, await db.Set<Customer>().CountAsync(days.Is(stage), cancel)));
        return TypedResults.Ok(stages);
    }

    private static async Task<Ok<ResultAnswer>> Result(Guid id, PromotionDesk desk, Db db, CancellationToken cancel)
    {
        var r = await desk.ResultAsync(await db.Set<Promotion>().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere(), cancel);
        return TypedResults.Ok(new ResultAnswer(r.Told.All, r.Told.Bought, r.Left.All, r.Left.Bought, r.WonByIt.Bought, r.Share.Difference, r.Share.Low, r.Share.High, r.TooFew, r.Over, r.Revenue.First, r.Revenue.Second, r.Revenue.Low, r.Revenue.High, r.Currency));
    }

    private static async Task<Created<MadeAnswer>> MadeAsync(string what, Guid id, Db db, CancellationToken cancel)
    {
        await db.SaveAsync($"/care/{what}/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/care/{what}/{id}", new MadeAnswer(id));
    }

    private static async Task<Ok<CancelledAnswer>> CancelAsync(Guid id, EventDesk desk, Db db, CancellationToken cancel)
    {
        var (back, told) = await desk.CancelAsync(id, cancel);
        await db.SaveAsync($"/care/events/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new CancelledAnswer(back, told));
    }

    private static async Task<Ok<StoppedAnswer>> StoppedAsync(string href, int back, Db db, CancellationToken cancel)
    {
        await db.SaveAsync(href, StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new StoppedAnswer(back));
    }

    private static async Task<Ok<CountAnswer>> CountAsync(string href, int count, Db db, CancellationToken cancel)
    {
        await db.SaveAsync(href, StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new CountAnswer(count));
    }
}
