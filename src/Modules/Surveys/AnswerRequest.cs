using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>
/// The last answer of a request: the rating is stored, and the complaint ends, or is taken up again. Whoever is unhappy
/// (1 or 2) never just disappears: who disagrees reopens the case, who accepts all the same leaves a loop for the shop.
/// </summary>
public sealed class AnswerRequest(Ratings ratings, ComplaintsDesk desk, ComplaintRows complaints, Texts texts, TimeProvider time)
{
    /// <param name="request">Tracked, with a score.</param>
    /// <param name="verdict">What the customer says to the result.</param>
    /// <param name="why">Words of one who disagrees; may be empty when something was said before.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="Refused">Who disagrees has to say something: nobody could work on it otherwise.</exception>
    public async Task FinishAsync(Request request, Verdict verdict, string why, CancellationToken cancel)
    {
        var score = request.Score ?? throw new Refused("surveys.score-one-to-five");
        var words = string.Join("\n", new[] { request.Words, why }.Where(w => w.Length > 0));
        if (verdict == Verdict.Disagreed && words.Length == 0 && request.OneThing.Length == 0) throw new Refused("surveys.why-needed") { Field = "In.Why" };

        var now = time.Now();
        var id = await ratings.RecordAsync(new RatingGiven(request.CustomerId, request.StoreId, request.OwnerId, request.About, request.SubjectId, score, words, now, "link", request.OneThing), cancel);
        var state = await complaints.All.Where(c => c.Id == request.SubjectId).Select(c => (ComplaintState?)c.State).FirstOrDefaultAsync(cancel);
        var said = string.Join("\n", new[] { words, request.OneThing }.Where(w => w.Length > 0));
        switch (verdict)
        {
            case Verdict.Disagreed when state is ComplaintState.Settled or ComplaintState.Ended: // ended: staff had confirmed it in the customer's name
                await desk.ReopenAsync(request.SubjectId, said, cancel);
                break;
            case Verdict.Satisfied or Verdict.Accepted when state == ComplaintState.Settled:
                await desk.ConfirmAsync(request.SubjectId, verdict == Verdict.Satisfied, cancel);
                break;
        }

        // C4: a low rating has an owner and a clock. An open or reopened case has both already.
        if (score <= Ratings.Low && verdict != Verdict.Disagreed && state is ComplaintState.Settled or ComplaintState.Ended)
        {
            await desk.TakeDownAsync(new OpenComplaint(request.CustomerId, request.StoreId, said.Length > 0 ? said : texts["surveys.low-words", score], request.OneThing, "survey", "rating:" + id, null)
            {
                Title = texts["surveys.low-title", score], SendReceipt = false,
            }, cancel);
        }

        request.Finish(verdict, words, id, now);
    }
}
