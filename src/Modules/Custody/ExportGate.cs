using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>
/// An export is a copy of the files (S3-1, 23): it goes out by the authority table. Who may decide it takes it at once and it is
/// registered; others' requests wait, and once granted are good for one file of so many rows, until their end.
/// </summary>
internal sealed class ExportGate(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Requests requests, Finding finding, Audit audit, Texts texts) : IExportGate
{
    // Files opened while the request waited do not make it a new one.
    private const int Grown = 20;

    public async Task<ExportPass> AskAsync(int rows, bool plain, string reason, CancellationToken cancel)
    {
        var now = time.Now();
        var self = me.StaffId;
        // A key without a person has nobody who answers for the copy.
        if (self == Guid.Empty) throw new Refused("custody.export.person");
        var what = plain ? "plain" : "masked";
        var mine = await db.Set<AccessRequest>().AsTracking().Where(r => r.OwnerId == self && r.Kind == RequestKind.Export && r.What == what && r.UsedAt == null && r.Until > now && (r.State == RequestState.Granted || r.State == RequestState.Waiting) && r.Rows + r.Rows / Grown + Grown >= rows)
            .OrderBy(r => r.State == RequestState.Granted ? 0 : 1).ThenBy(r => r.AskedAt).FirstOrDefaultAsync(cancel);
        if (mine is { State: RequestState.Waiting }) return new(mine.Number, $"/custody/requests/{mine.Id}");
        if (mine is null)
        {
            mine = new AccessRequest
            {
                Id = Ids.New(now), Number = await numbers.NextAsync(db, Requests.Series, time.Today(me.Zone).Year, cancel), Kind = RequestKind.Export, What = what, Copies = 1, Rows = rows, Purpose = "other",
                Reason = reason.Trim() is { Length: > 0 and <= AccessRequest.ReasonMax } given ? given : texts["custody.export.no-reason"], Until = now.AddDays((await finding.SettingAsync(cancel)).GrantDays), StoreId = me.StoreId, OwnerId = self, AskedAt = now,
            };
            db.Set<AccessRequest>().Add(mine);
            await requests.SubmitAsync(mine, CustodyActs.Export, cancel);
            if (mine.State == RequestState.Waiting) return new(mine.Number, $"/custody/requests/{mine.Id}");
        }

        mine.Use(now);
        audit.Add("custody.export", Requests.SubjectKind, mine.Id, $"{rows} {what}");
        return new(mine.Number, null);
    }
}
