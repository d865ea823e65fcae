using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>A complaint was settled: its customer gets a link to rate the handling and to agree or disagree (F10). Once a round.</summary>
public sealed class AskAfterSettling(Db db, ComplaintRows complaints, Messenger messenger, Huitou.Messages.Public.Templates templates, TimeProvider time) : IHandle<ComplaintSettled>
{
    /// <summary>Kind of the link.</summary>
    public const string LinkKind = "rating";

    // A customer's own language is not known: the shop's.
    private const string Language = "zh-CN";

    public async Task HandleAsync(ComplaintSettled happened, CancellationToken cancel)
    {
        var complaint = await complaints.All.FirstOrDefaultAsync(c => c.Id == happened.Id, cancel);
        var customer = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == happened.CustomerId)
            .Select(c => new { c.Phone, c.Email, c.DoNotContactSince }).FirstOrDefaultAsync(cancel);
        if (complaint is null || customer is null || customer.DoNotContactSince is not null) return;

        var now = time.Now();
        var request = new Request
        {
            Id = Ids.New(now), CustomerId = happened.CustomerId, StoreId = complaint.StoreId, OwnerId = complaint.OwnerId, About = Rating.Handling, SubjectId = complaint.Id,
            Round = complaint.Round, Topic = complaint.Title.Head(Request.TopicMax), At = now, ExpiresAt = now + Request.Life,
        };
        db.Set<Request>().Add(request);
        var token = Link.Create(db, LinkKind, request.Id, now, Request.Life);
        var said = await templates.RenderAsync("rating", happened.CustomerId, new Dictionary<string, string> { ["what"] = request.Topic, ["link"] = "/r/" + token }, Language, cancel);
        messenger.Send(new Outgoing(happened.CustomerId, customer.Phone, said.Subject, said.Body, "surveys.purpose.rating", complaint.Id, "rating:" + request.Id.ToString("N"), complaint.StoreId, complaint.OwnerId, customer.Email) { Purpose = said.Purpose, Made = said });
    }
}
