using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Huitou.Customers.Public;
using Huitou.Demo;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Every form of the whole house, found by following every link as several people of the demo company, and by the customers' own links: each of its text fields takes
/// hostile strings. What was taken stands in the database as it was sent, what was refused stands in its field again; nothing breaks down, and shown it is words.
/// </summary>
public sealed partial class EveryFormTests
{
    private const string Marker = "QZMARK";
    private const string Tag = "\"><img src=x onerror=alert(1)>";
    private const int PerForm = 4;
    private const int PerOther = 2;
    private const int PerShape = 3;
    private const int Guesses = 8;
    private const int Alike = 5;

    private static readonly string[] Ends = ["9999-12-31", "0001-01-01", "9999-12", "0001-01", "9999", "2147483647", "-1", "99999999999999999999", "%EF%BF%BF"];

    /// <summary>What a form needs besides what it says itself and what its answers mark: it hangs together with what stands in the demo company. {file}: a file's number, {files}: a line of a handover.</summary>
    private static readonly Dictionary<string, (string Field, string Value)[]> Needs = new()
    {
        ["/care/festivals festival"] = [("In.Month", "1"), ("In.Day", "1")],
        ["/complaints/{} warn"] = [("Warn.Roles", "legal")],
        ["/customers/{}/dates save"] = [("In.Month", "3"), ("In.Day", "8")],
        ["/customers/{}/ownership set"] = [("In.Owner", "{other}")],
        ["/customers bulk"] = [("ids", "{customer}"), ("act", "tag")],
        ["/custody/handovers/new make"] = [("In.Lines", "{file}，整份，1"), ("In.To", "{other}")],
        ["/custody/holds hold"] = [("In.File", "{file}")],
        ["/custody/loans/new ask"] = [("In.File", "{file}"), ("In.Password", Cast.Password)],
        ["/custody/requests/new ask"] = [("In.File", "{file}"), ("In.Kind", "Copy"), ("In.Copies", "1")],
        ["/custody/seals/new seal"] = [("In.File", "{file}"), ("In.Pages", "1")],
        ["/custody/penalties/new decide"] = [("In.Amount", "50")],
        ["/sales/new sell"] = [("In.Price", "100")],
        ["/messages/replies/{} answer"] = [("way", "words")],
        ["/settings/complaints/letter letter"] = [("In.Look", "")],
        ["/settings/complaints/macros macro"] = [("In.Promise", "送备用机"), ("In.Hours", "4")],
        ["/settings/complaints/mail save"] = [("In.Address", "kesu@example.com"), ("In.Port", "993")],
        ["/settings/messages/sms save"] = [("In.Url", "https://sms.example.com/send")],
        ["/custody/loans/{} back"] = [("In.Complete", "no")],
        ["/followups/{} result"] = [("In.ByCustomer", "true")],
        ["/c/{} complain"] = [("In.Phone", "13900139009"), ("In.Website", "")],
    };

    /// <summary>Letters that a field keeps for itself, and why: it may refuse what holds them.</summary>
    private static readonly (string Field, Func<string, bool> Holds, string Why)[] Kept =
    [
        ("^/(messages/templates|care)/", sent => sent.Any(c => c is '{' or '}'), "braces are fields of the words"),
        ("^/customers/message ", sent => sent.Any(c => c is '{' or '}'), "braces are fields of the words"),
        ("^/settings/complaints/(macros|letter)", sent => sent.Any(c => c is '{' or '}'), "braces are fields of the words"),
        ("^/messages/templates/.* In[.](ProviderCode|Subject)", sent => sent.Any(char.IsControl), "goes into the head of a mail, where a break begins another field"),
        ("^/staff/.* In[.]Account$", _ => true, "an account's name has letters, digits and few signs"),
        ("^/settings/(messages|complaints/mail) save In[.]Host$", _ => true, "a server's name"),
        ("^/settings/complaints/mail save In[.](Folder|UserName)$", sent => sent.Any(char.IsControl), "goes into a line of the protocol, where a break begins another command"),
        ("^/settings/messages(/sms)? save In[.]", sent => sent.Any(char.IsControl), "goes into a line of the mail's way, or into the provider's address or head"),
        ("^/settings/messages/channel/", sent => sent.Any(char.IsControl), "goes into the provider's address or head"),
        (" In[.]File$", _ => true, "a file's number, in capitals"),
        ("^/sales/new sell In[.]Code$", _ => true, "a product's code, in capitals"),
        (" In[.](Bought|Lacks|Needs|Tags|Options)$", sent => sent.Any(c => c is ',' or ';' or '，' or '、' or '；'), "several, parted by commas"),
    ];

    /// <summary>What is not come to, and why.</summary>
    private static readonly Dictionary<string, string> NotHere = new()
    {
        ["/account add In.Name"] = "a passkey is made by the browser",
        ["/sign-in sign-in In.Account"] = "an account's name that is not there; tried with the sign-in",
        ["/sign-in/second-factor second In.Code"] = "a code, after a password",
        ["/care/festivals festival In.Month"] = "a number; the day beside it is marked",
        ["/c/{} complain In.Website"] = "for machines: to be left empty",
        ["/s/{} fill In.Website"] = "for machines: to be left empty",
    };

    /// <summary>Words that are taken and stand nowhere, and why.</summary>
    private static readonly Dictionary<string, string> Nowhere = new()
    {
        ["/customers/templates/{}/items/new save In.Options"] = "choices count for a question that has some",
        ["/surveys/{}/preview try q.q15.other"] = "a preview keeps nothing",
        ["/surveys/{}/preview try q.words"] = "a preview keeps nothing",
        ["/surveys/{}/preview try q.one"] = "a preview keeps nothing",
        ["/surveys/{}/questions/{} question In.IfValue"] = "counts where a question is chosen that it hangs on",
    };

    private sealed record Form(string Key, string Handler, OpenPage Page);

    [Theory, Engines(PostgresLong = true)]
    public async Task Every_text_field_of_every_form_keeps_every_string(string engine)
    {
        var probe = new Probe();
        await using var host = await TestHost.StartAsync(engine, services => services.ConfigureDbContext<Db>(options => options.AddInterceptors(probe)));
        await DemoCompany.MakeAsync(new Settings("serve", "http://127.0.0.1:0", host.Engine.DataFolder, null, Production: false, []), host.Engine, host.Clock.Now());
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync()).Single(c => c.IsDemo);
        await probe.LearnAsync(host, company);
        var people = new List<Browser>();
        foreach (var account in new[] { "linxiaomei", "admin", "hejianping", "fanyi" }) people.Add(await SignInAsync(host, account));

        // Links lead to calls that are done first; one that is not is opened besides.
        var open = await host.InAsync(company, (_, db) => db.Set<FollowUp>().Where(t => t.State == FollowUpState.Open && t.OwnerId != null).OrderBy(t => t.DueOn).ThenBy(t => t.Id).Select(t => t.Id).FirstAsync());
        var (forms, every, shapes, pages) = await GatherAsync(host, people, [$"/followups/{open}", .. Routes()]);
        host.Clock.Forward(TimeSpan.FromMinutes(1)); // nobody fills a public form in less than three seconds
        var shown = Guid.Parse(Id().Match((await people[0].OpenAsync("/customers")).Document.QuerySelector("main a.main-link")!.GetAttribute("href")!).Value);
        var customer = await host.InAsync(company, (_, db) => db.Set<Customer>().SingleAsync(c => c.Id == shown));
        var corpus = HostileStrings.Corpus();
        var (wrong, closed, taken) = (new List<string>(), new List<string>(), new List<(Form Form, Dictionary<string, string> Filled, string[] Names)>());
        var (next, fields, own, tried, told) = (0, 0, 0, 0, 0);
        var astray = new HashSet<string>();
        var asked = await AskAsync(shapes);
        foreach (var alike in forms.Where(f => f[0].Key.StartsWith(HostileStrings.Only, StringComparison.Ordinal)))
        {
            var form = await OpenAsync(alike);
            var words = new List<(string Name, List<(string, string)> Columns)>();
            var filled = NeededOf(form, customer);
            foreach (var name in FieldsOf(form))
            {
                var field = $"{form.Key} {name}";
                fields++;
                var marker = $"{Marker}{fields}Z"; // in capitals, as codes are kept
                var (answer, columns) = await FillAsync(form, filled, name, marker);
                if ((int)answer.Status >= 500) wrong.Add($"{field}: plain words broke it ({(int)answer.Status})");
                if ((int)answer.Status < 400 && columns.Count > 0)
                {
                    words.Add((name, columns));
                    continue;
                }

                if ((int)answer.Status < 400)
                {
                    if (answer.Location?.Contains(marker, StringComparison.Ordinal) != true && !Nowhere.ContainsKey(field)) wrong.Add($"{field}: {marker} was taken and is nowhere, {answer.Location}");
                }
                else if (IsMarked(answer.Document, name)) own++;
                else if (!NotHere.ContainsKey(field)) closed.Add($"{field}: {(int)answer.Status} {string.Join(' ', Told(answer.Document))}");

                for (var i = 0; i < PerOther; i++)
                {
                    tried++;
                    await SendAsync(form, filled, [(name, [])], corpus[next++ % corpus.Count]);
                }
            }

            if (words.Count == 0) continue;
            taken.Add((form, filled, [.. words.Select(w => w.Name)]));
            if (HostileStrings.IsWhole) TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {fields} fields, {tried} strings, {wrong.Count} wrong {string.Join("\n", wrong.Skip(told))}");
            told = wrong.Count;
            for (var i = 0; i < (HostileStrings.IsWhole ? corpus.Count : PerForm); i++)
            {
                var sent = HostileStrings.IsWhole ? corpus[i] : corpus[next++ % corpus.Count];
                tried += words.Count;
                if (!await SendAsync(form, filled, words, sent) && words.Count > 1)
                {
                    foreach (var word in words) await SendAsync(form, filled, [word], sent);
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {shapes.Count} shapes of pages, asked {asked} things");
        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {pages} pages, {forms.Count} forms, {fields} fields: {taken.Sum(t => t.Names.Length)} of words, {own} of a form of their own; {tried} strings");
        // What the walk met first may be over (a call that is done, a case that is settled): the demo company is another each time. Said, and never many.
        foreach (var one in closed) TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: not come to: {one}");
        Assert.True(closed.Count <= fields / 20, $"{closed.Count} of {fields} fields not come to:\n" + string.Join("\n", closed));
        wrong.AddRange(astray);
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(80)));
        if (HostileStrings.Only.Length > 0) return;
        Assert.True(asked > 1000, $"{asked} things asked of pages");
        Assert.True(pages > 600 && taken.Sum(t => t.Names.Length) > 300, $"{pages} pages, {taken.Sum(t => t.Names.Length)} fields of words");

        // And now for good: wherever it is shown, it is words.
        foreach (var (form, filled, names) in taken) await SubmitAsync(form, filled, [.. names.Select(n => (n, Tag))]);
        var tags = 0;
        foreach (var who in new[] { "admin", "linxiaomei" })
        {
            await WalkAsync(await SignInAsync(host, who), Routes(), (address, page) =>
            {
                Clean(page.Document, address, wrong);
                if (page.Text.Contains(Tag, StringComparison.Ordinal)) tags++;
            });
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {tags} pages show a tag as words");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(80)));
        Assert.True(tags > 50, $"{tags} pages show a tag as words");

        // Last, for it may do what a button does: each form sent with nothing in it, as a program of somebody's own may.
        var bare = new Dictionary<HttpStatusCode, int>();
        foreach (var form in every)
        {
            var status = default(HttpStatusCode);
            var notShown = await Record.ExceptionAsync(async () => status = (await form.Page.SubmitBareAsync(form.Handler)).Status);
            bare[status] = bare.GetValueOrDefault(status) + 1;
            if (notShown is not null || (int)status >= 500) wrong.Add($"{form.Key} with nothing in it: {(int)status} {notShown?.Message}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {every.Count} forms with nothing in them: {string.Join(", ", bare.OrderBy(b => b.Key).Select(b => $"{(int)b.Key} × {b.Value}"))}");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(80)));
        Assert.True(bare.GetValueOrDefault(HttpStatusCode.UnprocessableEntity) > 100, $"{bare.GetValueOrDefault(HttpStatusCode.UnprocessableEntity)} forms with nothing in them were refused with words");

        // The first of those alike that takes words: another may be of a thing that is done.
        async Task<Form> OpenAsync(List<Form> alike)
        {
            foreach (var form in alike.Count == 1 ? [] : alike)
            {
                if ((int)(await FillAsync(form, NeededOf(form, customer), FieldsOf(form)[0], Marker)).Answer.Status < 400) return form;
            }

            return alike[0];
        }

        // What the answer marks is filled in by its kind, another way each time, and stays so for the fields that follow.
        async Task<(Answer Answer, List<(string Table, string Column)> Columns)> FillAsync(Form form, Dictionary<string, string> filled, string name, string word)
        {
            for (var attempt = 0; ; attempt++)
            {
                var (answer, everywhere) = await probe.FindAsync([word], () => SubmitAsync(form, filled, (name, word)));
                var found = everywhere[0];
                // What is told on top leads to the field it is told of.
                foreach (var link in answer.Document.QuerySelectorAll(".error-links a").Where(l => answer.Document.GetElementById(l.GetAttribute("href")![1..]) is null)) astray.Add($"{form.Key}: {link.GetAttribute("href")} is no field ({link.TextContent})");
                if (answer.Status != HttpStatusCode.UnprocessableEntity || attempt == Guesses) return (answer, found);
                var changed = false;
                foreach (var marked in answer.Document.QuerySelectorAll("[aria-invalid=true]"))
                {
                    if (marked.GetAttribute("name") is not { Length: > 0 } other || other == name || Array.Exists(Needs.GetValueOrDefault(form.Key) ?? [], n => n.Field == other)) continue;
                    var value = Guess(marked, attempt);
                    changed |= filled.GetValueOrDefault(other) != value;
                    filled[other] = value;
                }

                if (!changed) return (answer, found);
            }
        }

        // What a page reads from its address: the ends of time and of number, each alone, break nothing.
        async Task<int> AskAsync(Dictionary<string, OpenPage> shapes)
        {
            var sent = 0;
            foreach (var (template, name) in Askable())
            {
                if (!shapes.TryGetValue(template, out var page)) continue;
                foreach (var end in Ends)
                {
                    sent++;
                    if (await page.AskAsync($"{name}={end}") is var status && (int)status >= 500) wrong.Add($"{template}?{name}={end}: {(int)status}");
                }
            }

            return sent;
        }

        // One string in these fields at once. False: refused, by one of them or together.
        async Task<bool> SendAsync(Form form, Dictionary<string, string> filled, IReadOnlyList<(string Name, List<(string, string)> Columns)> into, string sent)
        {
            var field = $"{form.Key} {string.Join(' ', into.Select(w => w.Name))}";
            var isWords = into[0].Columns.Count > 0 && HostileStrings.OneLine(sent).Length > 0;
            var (answer, held) = await probe.HoldsAsync([.. into.Select(w => w.Columns)], sent, () => SubmitAsync(form, filled, [.. into.Select(w => (w.Name, sent))]));
            if ((int)answer.Status >= 500) wrong.Add($"{field}: {Json(sent)} broke it ({(int)answer.Status})");
            if (answer.Status == HttpStatusCode.UnprocessableEntity)
            {
                Clean(answer.Document, field, wrong);
                // Too long is no wonder; then plain words as long are refused too.
                if (isWords && into.Count == 1 && !Keeps(field, sent) && (int)(await probe.HoldsAsync([], "", () => SubmitAsync(form, filled, (into[0].Name, new string('长', sent.Length))))).Answer.Status < 400) wrong.Add($"{field}: {Json(sent)} is refused: {string.Join(' ', Told(answer.Document))}");
                return false;
            }

            for (var i = 0; isWords && i < into.Count; i++)
            {
                if (!held[i] && !Keeps($"{form.Key} {into[i].Name}", sent)) wrong.Add($"{form.Key} {into[i].Name}: {Json(sent)} did not come back from {string.Join(", ", into[i].Columns)}");
            }

            return true;
        }
    }

    private static Task<Answer> SubmitAsync(Form form, Dictionary<string, string> filled, params (string Field, string Value)[] values) =>
        form.Page.SubmitAsync(form.Handler, [.. filled.Where(f => values.All(v => v.Field != f.Key)).Select(f => (f.Key, f.Value)), .. values]);

    private static bool Keeps(string field, string sent) => Array.Exists(Kept, k => Regex.IsMatch(field, k.Field) && k.Holds(sent));

    internal static async Task<Browser> SignInAsync(TestHost host, string account)
    {
        var browser = Browser.New(host);
        await (await (await browser.OpenAsync("/sign-in")).SubmitAsync("sign-in", ("In.Account", account), ("In.Password", Cast.Password))).FollowAsync();
        return browser;
    }

    // The forms of every page: of several people, and of what a customer opens by a code without signing in.
    private static async Task<(List<List<Form>> Forms, List<Form> Every, Dictionary<string, OpenPage> Shapes, int Pages)> GatherAsync(TestHost host, List<Browser> people, IReadOnlyList<string> from)
    {
        var forms = new Dictionary<string, List<Form>>();
        var every = new Dictionary<string, Form>();
        var shapes = new Dictionary<string, OpenPage>();
        var codes = new HashSet<string>();
        var pages = 0;
        foreach (var who in people) codes.UnionWith(await WalkAsync(who, from, Take));
        await WalkAsync(Browser.New(host), codes.DistinctBy(c => c.Split('?')[0]).Append("/sign-in"), Take);
        return ([.. forms.Values], [.. every.Values], shapes, pages);

        void Take(string address, OpenPage page)
        {
            pages++;
            shapes.TryAdd(ShapeOf(address), page);
            foreach (var form in page.Document.Forms.Where(f => f.Method == "post" && HandlerOf(f) is not null))
            {
                var key = $"{ShapeOf(address)} {Id().Replace(HandlerOf(form)!, "{}")}";
                if (form.QuerySelector("input[name]:not([type=hidden]), select[name], textarea[name], button[name]") is not null) every.TryAdd(key, new(key, HandlerOf(form)!, page));
                if (!form.QuerySelectorAll("input, textarea").Any(IsText)) continue;
                if (!forms.TryGetValue(key, out var alike)) forms.Add(key, alike = []);
                if (alike.Count < Alike) alike.Add(new(key, HandlerOf(form)!, page));
            }
        }
    }

    // Follows every link of every page, at most so many of one shape; gives the links for customers.
    private static async Task<HashSet<string>> WalkAsync(Browser who, IEnumerable<string> from, Action<string, OpenPage> look)
    {
        var open = new Queue<string>(from);
        var (known, seen, codes) = (new Dictionary<string, int>(), new HashSet<string>(), new HashSet<string>());
        while (open.TryDequeue(out var address))
        {
            if (!seen.Add(address)) continue;
            var (page, status) = await who.LookAsync(address);
            Assert.True((int)status < 500, $"{address}: {(int)status}");
            if (page is null) continue;
            look(address, page);
            foreach (var link in page.Document.QuerySelectorAll("a[href^='/']").Select(a => a.GetAttribute("href")!.Split('#')[0]).Where(l => !File().IsMatch(l)))
            {
                if (Code().IsMatch(link)) codes.Add(link);
                else if (known.TryAdd(ShapeOf(link), 1) || ++known[ShapeOf(link)] <= PerShape) open.Enqueue(link);
            }
        }

        return codes;
    }

    private static IEnumerable<Type> Components() => Rooms.All.Select(m => m.Assembly).Append(typeof(HuitouApp).Assembly).Append(typeof(Kit.Page).Assembly).SelectMany(a => a.GetTypes()).Where(t => typeof(ComponentBase).IsAssignableFrom(t));

    // What the page of a shape reads from its address.
    private static IEnumerable<(string Shape, string Name)> Askable() =>
        from page in Components()
        from route in page.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>()
        from read in page.GetProperties()
        where read.GetCustomAttributes(typeof(SupplyParameterFromQueryAttribute), true).Length > 0
        select (Hole().Replace(route.Template, "{}"), read.GetCustomAttributes(typeof(SupplyParameterFromQueryAttribute), true).Cast<SupplyParameterFromQueryAttribute>().First().Name ?? read.Name);

    private static IEnumerable<string> Routes() => Components().SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>()).Select(r => r.Template)
        .Where(t => !t.Contains('{', StringComparison.Ordinal) && t is not ("/error" or "/not-there" or "/denied" or "/sign-out")).Distinct().Order(StringComparer.Ordinal);

    private static string? HandlerOf(IHtmlFormElement form) => form.QuerySelector("input[name='_handler']")?.GetAttribute("value");

    private static bool IsText(IElement field) => field is IHtmlTextAreaElement { IsReadOnly: false, IsDisabled: false } || field is IHtmlInputElement { IsReadOnly: false, IsDisabled: false, Type: "text" or "search" or "tel" or "email" or "url" };

    private static List<string> FieldsOf(Form form) =>
        [.. form.Page.Document.Forms.First(f => HandlerOf(f) == form.Handler).QuerySelectorAll("input, textarea").Where(IsText).Select(f => f.GetAttribute("name") ?? "").Where(n => n.Length > 0).Distinct()];

    private static Dictionary<string, string> NeededOf(Form form, Customer customer)
    {
        var element = form.Page.Document.Forms.First(f => HandlerOf(f) == form.Handler);
        var needed = Needed(element).DistinctBy(n => n.Field).ToDictionary(n => n.Field, n => n.Value);
        foreach (var (field, value) in Needs.GetValueOrDefault(form.Key) ?? [])
        {
            needed[field] = value.Replace("{file}", customer.Number, StringComparison.Ordinal).Replace("{customer}", customer.Id.ToString(), StringComparison.Ordinal);
            if (value == "{other}" && element.QuerySelector($"select[name='{field}']") is IHtmlSelectElement select) needed[field] = select.Options.Last(o => o.Value.Length > 0 && o.Value != select.Value).Value;
        }

        return needed;
    }

    // What the form itself says it needs, where it does not hold it already, and the first of its buttons.
    private static IEnumerable<(string Field, string Value)> Needed(IHtmlFormElement form)
    {
        foreach (var field in form.QuerySelectorAll("input[required], textarea[required], select[required]").Where(f => f.GetAttribute("name") is { Length: > 0 }))
        {
            var value = field switch { IHtmlSelectElement s => s.Value, IHtmlTextAreaElement a => a.Value, IHtmlInputElement { Type: "checkbox" or "radio" } b => b.IsChecked ? b.Value : null, IHtmlInputElement i => i.Value, _ => null };
            if (string.IsNullOrEmpty(value)) yield return (field.GetAttribute("name")!, Guess(field, 0));
        }

        foreach (var group in form.QuerySelectorAll("input[type=radio]").OfType<IHtmlInputElement>().Where(r => r.Name is { Length: > 0 } && !r.IsDisabled).GroupBy(r => r.Name!).Where(g => !g.Any(r => r.IsChecked))) yield return (group.Key, group.FirstOrDefault(r => r.Value is { Length: > 0 })?.Value ?? "");
        if (form.QuerySelector("button[name]") is { } button) yield return (button.GetAttribute("name")!, button.GetAttribute("value") ?? "");
    }

    private static string Guess(IElement field, int attempt) => field switch
    {
        IHtmlSelectElement select => select.Options.Where(o => o.Value.Length > 0).Select(o => o.Value).ElementAtOrDefault(attempt) ?? "",
        IHtmlInputElement { Type: "checkbox" or "radio" } box => box.Value ?? "true",
        IHtmlInputElement { Type: "date" } => new[] { "2026-11-30", "2026-11-20", "2026-12-31", "2027-06-01", "2026-11-21" }[attempt % 5],
        IHtmlInputElement { Type: "datetime-local" } => new[] { "2026-11-30T12:00", "2026-11-21T14:00", "2026-11-22T18:00", "2026-12-20T10:00", "2026-11-20T10:00" }[attempt % 5],
        IHtmlInputElement { Type: "month" } => "2026-11",
        IHtmlInputElement { Type: "time" } => "10:00",
        IHtmlInputElement { Type: "number" } number => number.Minimum is { Length: > 0 } least ? least : "1",
        _ => new[] { "甲乙", "1", "13900139009", "2026-11-30", "a@example.com" }[attempt % 5],
    };

    private static bool IsMarked(IHtmlDocument document, string name) => document.QuerySelectorAll("[aria-invalid=true]").Any(m => m.GetAttribute("name") == name);

    private static IEnumerable<string> Told(IHtmlDocument document) => document.QuerySelectorAll(".field-error, .notice, [role=alert]").Select(e => Spaces().Replace(e.TextContent, " ").Trim()).Where(t => t.Length > 0).Distinct().Take(3);

    private static void Clean(IHtmlDocument document, string where, List<string> wrong)
    {
        var foreign = document.All.Where(e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) || e.LocalName is "iframe" or "object" or "embed" or "marquee" || e.LocalName == "img" && e.GetAttribute("src") == "x" || e.GetAttribute("href")?.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase) == true).Select(e => e.OuterHtml).FirstOrDefault();
        if (foreign is not null) wrong.Add($"{where}: {foreign}");
    }

    private static string Json(string sent) => System.Text.Json.JsonSerializer.Serialize(Browser.Short(sent));

    private static string ShapeOf(string link) => Code().Replace(Part().Replace(link.Split('?')[0], "{}"), "/${kind}/{}");

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/cycles/)[0-9]{4}-[0-9]{2}|(?<=/(followups/rules|messages/templates|questions)/)(?!new$)[^/]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    [GeneratedRegex("^/(?<kind>[a-z])/[^/]+")]
    private static partial Regex Code();

    [GeneratedRegex(@"^//|^/api/|/export|\.(csv|xlsx|vcf|json|ics|pdf)\b|^/files/|^/sign-out|^/settings/demo", RegexOptions.ExplicitCapture)]
    private static partial Regex File();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
