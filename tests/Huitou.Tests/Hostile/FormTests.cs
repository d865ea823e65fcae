using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using Huitou.Tests.Customers;

namespace Huitou.Tests.Hostile;

/// <summary>
/// The main forms of the archive and of custody as a person fills them: every text field, found on the page and not in a list, takes hostile strings.
/// What was taken stands on the page after (or the one named), letter for letter; what was refused stands in its field again; nothing of it becomes a tag.
/// </summary>
public sealed partial class FormTests
{
    // Without the signs that part tags from each other: a field of several words parts there by itself.
    private static readonly string[] Strings =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' or '1'='1", "=1+1", "{0} {{7*7}} %s", "𠮷野家 👩‍👩‍👧‍👦", "مرحبا ﷺ e\u0301", "</textarea><b>x", "O'Brien & \"co\" \\ `x`", "&amp &lt &#0",
    ];

    /// <summary>A form: where, which, what else it needs, where its words are read afterwards (the page it leads to when none), and fields that are no words or are shown to nobody at once.</summary>
    private sealed record Form(string At, string Name, (string Field, string Value)[] Needs, string[] ReadAt, string[] Not);

    private static readonly Form[] Forms =
    [
        new("/customers/new", "save", [("In.Name", "甲乙"), ("In.Phone", "13900139001"), ("In.Service", "true"), ("In.NotSame", "true")], [], ["In.BirthYear", "In.Website", "In.Email", "In.WeChat", "In.Address"]), // the masked ones are hidden on every page
        new("/customers/{id}/edit", "save", [("In.NotSame", "true")], ["/customers/{id}"], ["In.BirthYear", "In.Website", "In.Email", "In.WeChat", "In.Address"]),
        new("/customers/{id}", "note", [], [], []),
        new("/customers/{id}/people/new", "save", [("In.Relation", "女儿"), ("In.Name", "甲乙")], [], ["In.Number", "In.BirthYear"]),
        new("/customers/{id}/devices/new", "save", [("In.Model", "甲乙")], ["/customers/{id}", "edit"], ["In.Imei", "In.Plate", "In.Price", "In.NextServiceKm", "In.Mileage", "In.DesignLifeMonths"]),
        new("/customers/{id}/contacts/new", "save", [("In.Kind", "Website"), ("In.Value", "example.com")], ["/customers/{id}/more"], ["In.Value"]),
        new("/customers/{id}/dates", "save", [("In.Name", "店庆"), ("In.Month", "3"), ("In.Day", "8")], [], ["In.Year"]),
        new("/customers/{id}/news/new", "save", [("In.Words", "甲乙")], ["/customers/news"], []),
        new("/customers/{id}/money", "add", [("In.Title", "甲乙"), ("In.Amount", "12.50")], [], ["In.Amount"]),
        new("/custody/requests/new?file={number}", "ask", [("In.Kind", "Copy"), ("In.What", "整份"), ("In.Copies", "1"), ("In.Reason", "核对")], [], ["In.File", "In.Copies", "In.OutsiderName", "In.OutsiderFrom", "In.OutsiderPaperNumber", "In.Measures"]), // of those to whom copies are given outside
        new("/custody/notices/new?customer={id}", "give", [("In.Title", "甲乙"), ("In.Words", "甲乙")], [], []),
        new("/leaks/new", "report", [("In.What", "甲乙")], [], ["In.File"]),
        new("/rules/new", "write", [("In.Title", "甲乙"), ("In.Words", "甲乙")], [], ["In.Places"]),
        new("/custody/reports/new", "report", [("In.Title", "甲乙"), ("In.Period", "2026-11"), ("In.Figures", "1")], [], []),
        new("/custody/seals/new?file={number}", "seal", [("In.Title", "甲乙"), ("In.Pages", "1"), ("In.Place", "甲乙")], [], ["In.File", "In.Pages", "In.Words"]), // nobody sees what is sealed
        new("/custody/penalties/new", "decide", [("In.Amount", "50"), ("In.What", "甲乙"), ("In.MadeGood", "甲乙")], [], ["In.File", "In.Amount"]),
        new("/custody/rights/new?customer={id}", "open", [("In.Words", "甲乙")], [], []),
    ];

    [Theory, Engines(PostgresLong = true)]
    public async Task Every_text_field_of_the_forms_keeps_what_is_typed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var who = shop.As("general-manager");
        var (wrong, fields, kept, phone) = (new List<string>(), 0, 0, 0);
        foreach (var form in Forms)
        {
            async Task<(string At, string Id)> PlaceAsync()
            {
                if (!form.At.Contains('{', StringComparison.Ordinal)) return (form.At, "");
                var id = await CustomerPages.OpenAsync(shop, "客户甲", $"138{++phone:00000000}");
                var number = await shop.LookAsync(db => Task.FromResult(db.Set<Huitou.Customers.Public.Customer>().Where(c => c.Id == id).Select(c => c.Number).First()));
                return (form.At.Replace("{id}", id.ToString(), StringComparison.Ordinal).Replace("{number}", number, StringComparison.Ordinal), id.ToString());
            }

            var (first, _) = await PlaceAsync();
            var there = (await who.OpenAsync(first)).Document.Forms.Single(f => f.QuerySelector($"input[name='_handler'][value='{form.Name}']") is not null);
            var names = there.QuerySelectorAll("input[type=text], textarea").Select(i => i.GetAttribute("name")!).Where(n => n.StartsWith("In.", StringComparison.Ordinal) && !form.Not.Contains(n)).Distinct().ToList();
            if (names.Count == 0) wrong.Add($"{form.At}: no field of words found");
            foreach (var name in names)
            {
                fields++;
                var (at, id) = await PlaceAsync();
                foreach (var sent in Strings.Prepend("平常的话"))
                {
                    var page = await who.OpenAsync(at);
                    var needed = page.Document.Forms.Single(f => f.QuerySelector($"input[name='_handler'][value='{form.Name}']") is not null).QuerySelectorAll("select[required]").OfType<IHtmlSelectElement>()
                        .Where(s => string.IsNullOrEmpty(s.Value)).Select(s => (Field: s.GetAttribute("name")!, Value: s.Options.First(o => o.Value.Length > 0).Value));
                    var answer = await page.SubmitAsync(form.Name, [.. form.Needs.Where(n => n.Field != name), .. needed, (name, sent)]);
                    if ((int)answer.Status >= 500) wrong.Add($"{form.At} {name}: {sent} broke it ({(int)answer.Status})");
                    else if (answer.Status == HttpStatusCode.UnprocessableEntity)
                    {
                        if (sent == "平常的话") wrong.Add($"{form.At} {name}: plain words are refused: {string.Join(" ", answer.Document.QuerySelectorAll(".notice").Select(n => Plain(n.TextContent)))}");
                        if (!Fields(answer.Document).Any(v => v == Plain(sent))) wrong.Add($"{form.At} {name}: {sent} was refused and is not in its field any more");
                        Clean(answer.Document, $"{form.At} {name} refused");
                    }
                    else
                    {
                        var after = await answer.FollowAsync();
                        var pages = new List<IHtmlDocument> { after.Document };
                        foreach (var other in form.ReadAt.Where(r => r != "edit")) pages.Add((await who.OpenAsync(other.Replace("{id}", id, StringComparison.Ordinal))).Document);
                        if (form.ReadAt.Contains("edit"))
                        {
                            foreach (var edit in after.Document.QuerySelectorAll("a[href$='/edit']").Select(a => a.GetAttribute("href")!).Where(h => h.Contains("/devices/", StringComparison.Ordinal)).Distinct()) pages.Add((await who.OpenAsync(edit)).Document);
                        }

                        if (pages.Exists(d => Plain(d.Body!.TextContent).Contains(Plain(sent), StringComparison.Ordinal) || Fields(d).Any(v => v.Contains(Plain(sent), StringComparison.Ordinal)))) kept++;
                        else wrong.Add($"{form.At} {name}: {sent} is not on {answer.Location} {string.Join(' ', form.ReadAt)}");
                        foreach (var d in pages) Clean(d, $"{form.At} {name}");
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Forms.Length} forms, {fields} fields, {kept} strings read again");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(60)));
        Assert.True(fields >= 30 && kept >= 300, $"{fields} fields, {kept} strings");

        void Clean(IHtmlDocument document, string where)
        {
            var foreign = document.All.Where(e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) || e.LocalName == "img" && e.GetAttribute("src") == "x" || e.LocalName == "script" && e.TextContent.Contains("alert(1)", StringComparison.Ordinal) && string.IsNullOrEmpty(e.GetAttribute("type"))).Select(e => e.OuterHtml).FirstOrDefault();
            if (foreign is not null) wrong.Add($"{where}: {foreign}");
        }
    }

    private static IEnumerable<string> Fields(IHtmlDocument document) => document.QuerySelectorAll("input:not([type=hidden]), textarea").Select(i => Plain(i is IHtmlTextAreaElement area ? area.Value : (i as IHtmlInputElement)?.Value ?? ""));

    // A page and a field of one line both read any run of white space as one space.
    private static string Plain(string text) => Spaces().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
