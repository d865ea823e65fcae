using System.Net;
using AngleSharp.Html.Dom;
using Huitou.Kit;

namespace Huitou.Tests.Custody;

/// <summary>A form of custody that is wrong in several places says so in all of them at once, each beside its field, keeps what was typed, and stores nothing.</summary>
public sealed class FormErrorTests
{
    private static readonly string TooLong = new('长', 5000);

    private sealed record Form(string At, string Name, (string Field, string Value)[] Typed, string[] Wrong);

    // {id}: a customer.
    private static readonly Form[] Forms =
    [
        new("/custody/requests/new", "ask", [("In.Kind", "Carry"), ("In.File", "KH-1999-000001"), ("In.Purpose", ""), ("In.Reason", ""), ("In.What", ""), ("In.Copies", "0"), ("In.OutsiderName", "王律师"), ("In.OutsiderPaper", ""), ("In.Carrier", ""), ("In.Measures", "")],
            ["File", "Purpose", "Reason", "What", "Copies", "OutsiderFrom", "OutsiderPaper", "OutsiderPaperNumber", "Carrier", "Measures"]),
        new("/custody/requests/new", "ask", [("In.Kind", "View"), ("In.File", ""), ("In.Purpose", "curiosity"), ("In.Reason", "回访"), ("In.Until", "2020-01-01T10:00")], ["File", "Purpose", "Until"]),
        new("/custody/loans/new", "ask", [("In.File", "KH-1"), ("In.What", ""), ("In.Copies", "0"), ("In.Days", "99"), ("In.Reason", ""), ("In.Password", "")], ["File", "What", "Copies", "Days", "Reason", "Password"]),
        new("/custody/reports/new", "report", [("In.Title", ""), ("In.Period", "2026-11"), ("In.IsRegular", "true"), ("In.ForWhom", ""), ("In.Figures", "")], ["Title", "ForWhom", "Figures"]),
        new("/custody/penalties/new", "decide", [("In.Staff", ""), ("In.Scale", ""), ("In.Amount", "五十"), ("In.What", ""), ("In.MadeGood", "补了")], ["Staff", "Scale", "Amount", "What"]),
        new("/custody/handovers/new", "make", [("In.Reason", "Never"), ("In.From", ""), ("In.To", ""), ("In.EndedOn", "昨天"), ("In.Lines", "什么也不是"), ("In.Note", "附言")], ["Reason", "From", "To", "EndedOn", "Lines"]),
        new("/custody/seals/new", "seal", [("In.File", ""), ("In.Title", ""), ("In.Pages", "0"), ("In.Place", ""), ("In.Words", "首次接触")], ["File", "Title", "Pages", "Place"]),
        new("/custody/rights/new?customer={id}", "open", [("In.Kind", "Correct"), ("In.Words", ""), ("In.Asker", "客户本人"), ("In.Identity", "")], ["Words", "Identity"]),
        new("/custody/notices/new?customer={id}", "give", [("In.Kind", "Never"), ("In.Title", ""), ("In.Words", "")], ["Kind", "Title", "Words"]),
        new("/custody/rules", "rules", [("In.LoanDays", "0"), ("In.RemindHours", "x"), ("In.GrantDays", "7")], ["LoanDays", "RemindHours"]),
        new("/custody/holds", "hold", [("In.File", "KH-1"), ("In.Reason", "")], ["File", "Reason"]),
        new("/leaks/new", "report", [("In.What", ""), ("In.File", "KH-2026-000001-000001-1"), ("In.Remedy", "改了口令")], ["What", "File"]),
        new("/rules/new", "write", [("In.Title", ""), ("In.InForceOn", "明天"), ("In.Places", "customers"), ("In.Words", "正文")], ["Title", "InForceOn", "Places"]),
        new("/custody/files/{id}", "level", [("In.Level", "Never"), ("In.Reason", "")], ["Level", "Reason"]),
        new("/custody/penalties", "scale-*", [("In.Least", "少"), ("In.Most", "多")], ["Least", "Most"]),
        new("/custody/retention/classes", "class-*", [("In.Title", ""), ("In.Months", "九")], ["Title", "Months"]),
        new("/custody/notices/templates", "template-*", [("In.Title", ""), ("In.Words", "")], ["Title", "Words"]),
        new("/customers/{id}/ladder", "save", [("In.Step", "Never"), ("In.Words", "")], ["Step", "Words"]),
    ];

    [Theory, Engines]
    public async Task Every_wrong_field_is_named_at_once_and_what_was_typed_stays(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await SecretTests.OpenAsync(shop, "表单 客", "13700139301");
        var who = shop.As("administrator");
        var bad = new List<string>();
        foreach (var form in Forms)
        {
            var page = await who.OpenAsync(form.At.Replace("{id}", id.ToString(), StringComparison.Ordinal));
            var name = form.Name.EndsWith('*') ? page.Document.QuerySelectorAll("input[name='_handler']").Select(i => i.GetAttribute("value")!).Last(v => v.StartsWith(form.Name[..^1], StringComparison.Ordinal)) : form.Name;
            var answer = await page.SubmitAsync(name, form.Typed);
            if (answer.Status != HttpStatusCode.UnprocessableEntity)
            {
                bad.Add($"{form.At}: {(int)answer.Status}");
                continue;
            }

            var said = answer.Document.QuerySelectorAll(".error-links a").Select(a => a.GetAttribute("href")![1..]).Order(StringComparer.Ordinal).ToList();
            var back = answer.Document.Forms.Single(f => f.QuerySelector($"input[name='_handler'][value='{name}']") is not null);
            // Where a form stands in each row, its inputs are called by the row.
            var expected = form.Wrong.Select(InputPart.IdOf).Select(id => back.QuerySelector($"#{id}, [id^='{id}-'][name]")?.Id ?? id).Order(StringComparer.Ordinal).ToList();
            if (!said.SequenceEqual(expected)) bad.Add($"{form.At}: said {string.Join(' ', said)}, expected {string.Join(' ', expected)}");
            bad.AddRange(expected.Where(e => !back.QuerySelectorAll(".field-error").Any(x => x.Id == e + "-error")).Select(e => $"{form.At}: nothing stands beside {e}"));
            // On a page of several forms only the one that was sent is wrong.
            if (answer.Document.QuerySelectorAll(".field-error").Length != back.QuerySelectorAll(".field-error").Length) bad.Add($"{form.At}: another form is called wrong too");
            foreach (var (field, value) in form.Typed.Where(t => t.Field != "In.Password"))
            {
                var kept = back.QuerySelector($"[name='{field}']") switch
                {
                    IHtmlInputElement { Type: "radio" or "checkbox" } or IHtmlSelectElement or null => value,
                    IHtmlInputElement input => input.Value,
                    IHtmlTextAreaElement area => area.Value,
                    _ => value,
                };
                if (kept != value) bad.Add($"{form.At}: {field} was “{value}”, came back as “{kept}”");
            }
        }

        Assert.True(bad.Count == 0, string.Join("\n", bad));
    }

    [Theory, Engines]
    public async Task The_machine_door_names_them_all_too(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, body, _) = await shop.As("administrator").ApiAsync(HttpMethod.Post, "/api/v1/custody/requests", new { kind = "Copy", file = "KH-1999-000001", purpose = "curiosity", reason = "", what = TooLong, copies = "0" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["copies", "file", "purpose", "reason", "what"], body.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
    }
}
