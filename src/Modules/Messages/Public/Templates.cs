using System.Globalization;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages.Public;

/// <summary>A field that templates may use, registered as a singleton by the module that fills it, or that hands it in with the message.</summary>
/// <param name="Key">Lower-case letters, digits and hyphens; written <c>{key}</c> in a template.</param>
/// <param name="TextKey">Its name for people; a sample of it stands under the same key with <c>.sample</c>.</param>
public sealed record TemplateField(string Key, string TextKey);

/// <summary>What a template's fields say of customers; filled by the module that knows them.</summary>
public interface ITemplateSubjects
{
    /// <summary>Fields of these customers, whatever the reach of who asks. What is not known is empty or left out.</summary>
    Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<string, string>>> FieldsAsync(IReadOnlyCollection<Guid> customerIds, string language, CancellationToken cancel);

    /// <summary>Customers the person may see, to try a template with: by name, phone or number.</summary>
    Task<IReadOnlyList<TemplateSubject>> FindAsync(string typed, int most, CancellationToken cancel);

    /// <summary>True for a customer the person may see.</summary>
    Task<bool> MayAsync(Guid customerId, CancellationToken cancel);
}

/// <summary>A customer to try a template with.</summary>
public sealed record TemplateSubject(Guid Id, string Name, string Number);

/// <summary>Subject and body in one language.</summary>
public sealed record TemplateWords(string Subject = "", string Body = "");

/// <summary>A template as lists and choices show it.</summary>
/// <param name="Key">Its stable name; ready ones: <see cref="Templates.Ready"/>.</param>
/// <param name="Name">For people, in the reader's language.</param>
/// <param name="Purpose">Which rules of the door hold.</param>
/// <param name="Channel">Empty: the company's usual one.</param>
/// <param name="ProviderCode">The provider's own number for it.</param>
/// <param name="Edition">0: as shipped.</param>
/// <param name="IsReady">Shipped with the program, changed or not.</param>
/// <param name="Retired">No longer offered.</param>
/// <param name="Words">zh-CN, zh-TW, en; an empty body: there is none in that language.</param>
public sealed record TemplateRow(string Key, string Name, ContactPurpose Purpose, string Channel, string ProviderCode, int Edition, bool IsReady, bool Retired, IReadOnlyList<TemplateWords> Words);

/// <summary>For whom a template is filled in, and what the caller knows; that goes before what is known of the customer.</summary>
public sealed record TemplateFor(Guid CustomerId, IReadOnlyDictionary<string, string> More);

/// <summary>A template filled in for one customer.</summary>
/// <param name="Key">Which template.</param>
/// <param name="Edition">Which of its editions: stored with the message.</param>
/// <param name="Language">The language it came out in.</param>
/// <param name="Purpose">Which rules of the door hold.</param>
/// <param name="Channel">Empty: the company's usual one.</param>
/// <param name="ProviderCode">The provider's own number for it.</param>
/// <param name="Subject">Headline; the beginning of the body where the template has none.</param>
/// <param name="Body">The words.</param>
/// <param name="Fields">What was filled in.</param>
/// <param name="Empty">Fields that had nothing; their lines were left out.</param>
public sealed record Rendered(string Key, int Edition, string Language, ContactPurpose Purpose, string Channel, string ProviderCode, string Subject, string Body, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Empty);

/// <summary>
/// Templates of messages for all modules: what there is, and one filled in for a customer. Hand the result to
/// <see cref="Messenger"/> as <see cref="Outgoing.Made"/>, so that the message keeps its edition.
/// </summary>
public sealed class Templates(Db db, CurrentUser user, TimeProvider time, Texts texts, Companies companies, IEnumerable<TemplateField> fields, IEnumerable<ITemplateSubjects> subjects)
{
    private const int HeadlineMax = 24;
    private static readonly Type[] MadeOf = [typeof(Template), typeof(TemplateEdition)];

    /// <summary>The ready templates: key and purpose. Their words are the texts <c>messages.ready.KEY.body</c>.</summary>
    public static IReadOnlyList<(string Key, ContactPurpose Purpose)> Ready { get; } =
    [
        ("birthday", ContactPurpose.Care), ("festival", ContactPurpose.Care), ("anniversary", ContactPurpose.Care), ("after-purchase", ContactPurpose.Service), ("warranty-end", ContactPurpose.Service),
        ("replacement", ContactPurpose.Promotion), ("invite", ContactPurpose.Promotion),
        ("survey-sale", ContactPurpose.FollowUp), ("survey-complaint", ContactPurpose.FollowUp), ("survey-followup", ContactPurpose.FollowUp), ("survey-repair", ContactPurpose.FollowUp), ("survey-hall", ContactPurpose.FollowUp), ("survey-hand", ContactPurpose.FollowUp), ("survey-year", ContactPurpose.FollowUp),
        ("survey-remind", ContactPurpose.FollowUp), ("survey-again", ContactPurpose.FollowUp), ("rating", ContactPurpose.FollowUp),
        ("ready", ContactPurpose.Service), ("check", ContactPurpose.Service), ("holiday", ContactPurpose.Service), (OptOutDone, ContactPurpose.Answer),
    ];

    /// <summary>What a customer hears who said no more by a reply.</summary>
    public const string OptOutDone = "opt-out";

    /// <summary>Every field there is, in order of its registration.</summary>
    public IReadOnlyList<TemplateField> Fields { get; } = [.. fields];

    internal IReadOnlySet<string> Known => Fields.Select(f => f.Key).ToHashSet();

    /// <summary>The templates in use, ready ones first; retired ones only when asked for.</summary>
    public async Task<IReadOnlyList<TemplateRow>> AllAsync(bool alsoRetired = false, CancellationToken cancel = default)
    {
        var own = await db.RememberAsync("messages.templates", MadeOf, () =>
            (from t in db.Set<Template>() join e in db.Set<TemplateEdition>() on new { t.Id, Number = t.Edition } equals new { Id = e.TemplateId, e.Number } orderby t.Id select new Stored { Template = t, Edition = e }).ToListAsync(cancel));
        var all = new List<TemplateRow>();
        foreach (var (key, purpose) in Ready) all.Add(own.Find(o => o.Template.Key == key) is { } changed ? Row(changed, isReady: true) : Shipped(key, purpose));
        all.AddRange(own.Where(o => Ready.All(r => r.Key != o.Template.Key)).Select(o => Row(o, isReady: false)));
        return [.. all.Where(t => alsoRetired || !t.Retired)];
    }

    /// <summary>One template, retired or not.</summary>
    /// <exception cref="NotThere">There is none with this key.</exception>
    public async Task<TemplateRow> FindAsync(string key, CancellationToken cancel = default) => (await AllAsync(alsoRetired: true, cancel)).FirstOrDefault(t => t.Key == key) ?? throw new NotThere();

    /// <summary>Filled in for one customer.</summary>
    /// <param name="key">Which template.</param>
    /// <param name="customerId">For whom.</param>
    /// <param name="more">What the caller knows; goes before what is known of the customer.</param>
    /// <param name="language">zh-CN where the template has no words in it.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="Refused">Nothing is left to say: every line has an empty field.</exception>
    public async Task<Rendered> RenderAsync(string key, Guid customerId, IReadOnlyDictionary<string, string>? more = null, string language = "zh-CN", CancellationToken cancel = default) =>
        (await RenderManyAsync(key, [customerId], more, language, cancel))[customerId];

    /// <summary>Filled in for many, in one look. A customer for whom nothing would be left to say refuses the whole.</summary>
    public async Task<IReadOnlyDictionary<Guid, Rendered>> RenderManyAsync(string key, IReadOnlyCollection<Guid> customerIds, IReadOnlyDictionary<string, string>? more = null, string language = "zh-CN", CancellationToken cancel = default) =>
        await FillAsync(await FindAsync(key, cancel), customerIds, more, language, cancel);

    /// <summary>Filled in for many of whom the caller knows something each, in one look.</summary>
    /// <returns>In their order; null where nothing would be left to say, or where the template is no longer offered.</returns>
    public async Task<IReadOnlyList<Rendered?>> RenderEachAsync(string key, IReadOnlyList<TemplateFor> whom, string language = "zh-CN", CancellationToken cancel = default)
    {
        var template = await FindAsync(key, cancel);
        if (template.Retired) return [.. whom.Select(_ => (Rendered?)null)];
        var (spoken, of) = await KnownAsync(template, [.. whom.Select(w => w.CustomerId).Distinct()], language, cancel);
        return [.. whom.Select(w => TryFill(template, spoken, With(of.GetValueOrDefault(w.CustomerId), w.More)))];
    }

    /// <summary>The same for words that are no template: what somebody typed, with the same fields.</summary>
    /// <exception cref="Refused">A field that is not known.</exception>
    public async Task<IReadOnlyDictionary<Guid, Rendered>> RenderWordsAsync(string words, ContactPurpose purpose, IReadOnlyCollection<Guid> customerIds, CancellationToken cancel = default)
    {
        if (TemplateText.Unknown(words, Known) is { } unknown) throw new Refused("messages.template.unknown", unknown) { Field = "In.Words" };
        return await FillAsync(new TemplateRow("", "", purpose, "", "", 0, false, false, [new("", words), new("", ""), new("", "")]), customerIds, null, "zh-CN", cancel);
    }

    internal async Task<IReadOnlyDictionary<Guid, Rendered>> FillAsync(TemplateRow template, IReadOnlyCollection<Guid> customerIds, IReadOnlyDictionary<string, string>? more, string language, CancellationToken cancel)
    {
        var (spoken, of) = await KnownAsync(template, customerIds, language, cancel);
        return customerIds.Distinct().ToDictionary(id => id, id => Fill(template, spoken, With(of.GetValueOrDefault(id), more)));
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? known, IReadOnlyDictionary<string, string>? more)
    {
        var all = known is null ? [] : new Dictionary<string, string>(known);
        foreach (var (field, value) in more ?? new Dictionary<string, string>()) all[field] = value;
        return all;
    }

    // The language it comes out in, and what is known of each customer, of the company and of the day.
    private async Task<(int Spoken, Dictionary<Guid, Dictionary<string, string>> Of)> KnownAsync(TemplateRow template, IReadOnlyCollection<Guid> customerIds, string language, CancellationToken cancel)
    {
        var spoken = Math.Max(0, Array.IndexOf(Texts.Languages, language));
        if (template.Words[spoken].Body.Length == 0) spoken = 0;
        language = Texts.Languages[spoken];
        var of = customerIds.Distinct().ToDictionary(id => id, _ => new Dictionary<string, string>());
        foreach (var source in subjects)
        {
            foreach (var (id, said) in await source.FieldsAsync(customerIds, language, cancel))
            {
                foreach (var (field, value) in said) of[id][field] = value;
            }
        }

        var company = (await companies.FindAsync(db.CompanyId, cancel))?.Name ?? "";
        var today = time.Today(user.Zone).ToString("M", CultureInfo.GetCultureInfo(language));
        foreach (var all in of.Values) (all["company"], all["today"]) = (company, today);
        return (spoken, of);
    }

    /// <summary>A sample of each field, to show a template without a customer.</summary>
    internal Rendered Sample(TemplateRow template, string language)
    {
        var spoken = Math.Max(0, Array.IndexOf(Texts.Languages, language));
        if (template.Words[spoken].Body.Length == 0) spoken = 0;
        return Fill(template, spoken, Fields.ToDictionary(f => f.Key, f => texts.In(Texts.Languages[spoken], f.TextKey + ".sample")));
    }

    private static Rendered Fill(TemplateRow template, int spoken, Dictionary<string, string> all) => TryFill(template, spoken, all)
        ?? throw new Refused("messages.template.nothing-left", template.Name, string.Join(" ", TemplateText.FieldsOf(template.Words[spoken].Body).Where(f => all.GetValueOrDefault(f, "").Length == 0).Select(f => "{" + f + "}")));

    private static Rendered? TryFill(TemplateRow template, int spoken, Dictionary<string, string> all)
    {
        var words = template.Words[spoken];
        var empty = new List<string>();
        var body = TemplateText.Fill(words.Body, all, empty);
        if (body.Length == 0) return null;
        var subject = TemplateText.Fill(words.Subject, all, empty).ReplaceLineEndings(" ");
        if (subject.Length == 0) subject = body.Split('\n')[0] is { Length: > HeadlineMax } head ? head.Head(HeadlineMax - 1) + "…" : body.Split('\n')[0];
        var used = TemplateText.FieldsOf(words.Subject + "\n" + words.Body).Where(f => all.ContainsKey(f)).ToDictionary(f => f, f => all[f]);
        return new(template.Key, template.Edition, Texts.Languages[spoken], template.Purpose, template.Channel, template.ProviderCode, subject, body, used, empty);
    }

    internal sealed record Stored
    {
        public required Template Template { get; init; }
        public required TemplateEdition Edition { get; init; }
    }

    private TemplateRow Row(Stored s, bool isReady) => new(s.Template.Key, s.Template.Name.Length > 0 || !isReady ? s.Template.Name : texts["messages.ready." + s.Template.Key], s.Template.Purpose, s.Template.Channel, s.Template.ProviderCode, s.Template.Edition, isReady, s.Template.RetiredAt is not null, s.Edition.Words);

    private TemplateRow Shipped(string key, ContactPurpose purpose)
    {
        // The raw words: their braces are fields, not places for values.
        var words = texts.All[$"messages.ready.{key}.body"];
        var subjects = texts.All.GetValueOrDefault($"messages.ready.{key}.subject") ?? ["", "", ""];
        return new(key, texts["messages.ready." + key], purpose, "", "", 0, true, false, [.. words.Select((w, i) => new TemplateWords(subjects[i], w))]);
    }
}
