using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The raw answers as a file, names and numbers masked; through the same gate as a list of customers (B5), and on record.</summary>
public sealed class AnswerExport(Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit, IEnumerable<IExportGate> gates)
{
    private const int Part = 500;

    public async Task SendAsync(HttpContext http, Guid surveyId, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? throw new NotThere();
        if (survey.Anonymous) throw new Refused("surveys.export.anonymous");
        var found = SurveyAnswerSearch.Found(db, surveyId, http.Request.Query["store"], http.Request.Query["staff"], http.Request.Query["channel"], http.Request.Query["only"]);
        var count = await found.CountAsync(cancel);
        var number = "";
        foreach (var gate in gates)
        {
            var pass = await gate.AskAsync(count, plain: false, http.Request.Query["reason"].ToString(), cancel);
            number = pass.Number;
            if (pass.WaitsAt is not { } address) continue;
            await db.SaveAsync(cancel: cancel);
            http.Response.Headers.Location = address;
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            return;
        }

        audit.Add("surveys.export", "surveys.survey", surveyId, count.ToString(CultureInfo.InvariantCulture));
        await db.SaveAsync(cancel: cancel);

        await db.BeginAsync(toWrite: false, cancel);
        var language = CultureInfo.CurrentUICulture.Name;
        var form = survey.EditionId is { } edition ? SurveyForm.Read(await db.Set<SurveyEdition>().Where(e => e.Id == edition).Select(e => e.Content).FirstAsync(cancel)) : survey.Form;
        var stores = await db.Set<Store>().ToDictionaryAsync(s => s.Id, s => s.Name, cancel);
        var mark = texts["surveys.export.mark", me.Name, time.Now().Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), count] + (number.Length > 0 ? " " + number : "");
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"answers-{time.Now().Local(me.Zone):yyyyMMdd}.xlsx\"";
        http.Response.Headers.CacheControl = "no-store";
        await using var sheet = SheetWriter.Xlsx(http.Response.Body, texts["surveys.tab.answers"], me.Name, mark);
        await sheet.WriteAsync([mark], cancel);
        var columns = form.Questions.SelectMany(q => q.Kind switch { QuestionKind.Matrix => q.Rows.Select(r => (q, Item: r.Key, Text: $"{q.Text.Plain(language)} / {r.Text.In(language)}")), QuestionKind.Ranking => q.Picks.Select(r => (q, Item: r.Key, Text: $"{q.Text.Plain(language)} / {r.Text.In(language)}")), _ => [(q, Item: "", Text: q.Text.Plain(language))] }).ToList();
        await sheet.WriteAsync([texts["surveys.when"], texts["surveys.customer"], texts["surveys.store"], texts["surveys.channel"], texts["surveys.product"], .. columns.Select(c => c.Text), texts["surveys.fill.words"], texts["surveys.fill.one"]], cancel);
        var last = Guid.Empty;
        while (true)
        {
            var part = await found.Where(a => a.Id > last).OrderBy(a => a.Id).Take(Part).Select(a => new { a.Id, a.FinishedAt, a.CustomerId, a.StoreId, a.Channel, a.Product, a.Words, a.OneThing }).ToListAsync(cancel);
            if (part.Count == 0) break;
            last = part[^1].Id;
            var ids = part.Select(a => a.Id).ToArray();
            var values = (await db.Set<SurveyValue>().Where(v => EF.Parameter(ids).Contains(v.AnswerId)).ToListAsync(cancel)).ToLookup(v => v.AnswerId);
            var people = part.Select(a => a.CustomerId).OfType<Guid>().Distinct().ToArray();
            var customers = await db.Set<Customer>().Where(c => EF.Parameter(people).Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Number, cancel);
            foreach (var a in part)
            {
                var of = values[a.Id].ToLookup(v => v.Question);
                await sheet.WriteAsync(
                [
                    a.FinishedAt!.Value.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), a.CustomerId is { } c ? customers.GetValueOrDefault(c) : null, a.StoreId is { } s ? stores.GetValueOrDefault(s) : null, texts["surveys.channel." + a.Channel], a.Product,
                    .. columns.Select(column => Cell(column.q, column.Item, of[column.q.Key], language)), a.Words, a.OneThing,
                ], cancel);
            }
        }

        await sheet.FinishAsync(cancel);
    }

    private static object? Cell(Question question, string item, IEnumerable<SurveyValue> values, string language)
    {
        if (item.Length > 0) return values.FirstOrDefault(v => v.Item == item)?.Number;
        if (question.Kind is QuestionKind.Single or QuestionKind.Multiple) return string.Join(" · ", values.Select(v => v.Words.Length > 0 ? v.Words : question.Picks.FirstOrDefault(p => p.Key == v.Item)?.Text.In(language) ?? v.Item));
        return values.FirstOrDefault() is { } one ? one.Number is { } n ? n : one.Words : null;
    }
}
