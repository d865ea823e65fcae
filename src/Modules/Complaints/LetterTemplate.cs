using Huitou.Access.Public;
using System.Text.RegularExpressions;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>A version of the written answer's template in a language (F10). Never changed: what is saved is the next version, so that it can be seen what was sent with which words.</summary>
public sealed class LetterTemplate : ICompanyOwned
{
    public const int WordsMax = 4000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Language { get; init; }
    /// <summary>1, 2, …; 0 is the one that comes ready.</summary>
    public int Number { get; init; }
    public required string Words { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class LetterTemplateMap : IEntityTypeConfiguration<LetterTemplate>
{
    public void Configure(EntityTypeBuilder<LetterTemplate> row) => row.ToTable("complaints_letter");
}

/// <summary>What a letter is filled with.</summary>
public sealed record LetterWords(string Customer, string Number, string Title, string Words, string Demand, string Result, string Promises, string Next, string Owner, string Phone, string Store, string Company, string Receipt, DateOnly At, DateOnly Today);

/// <summary>The templates of the written answer: versions by language, and how one is filled in.</summary>
public sealed partial class Letters(Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit)
{
    /// <summary>Fields in braces; their names are texts, in the language of the template.</summary>
    public static readonly string[] Fields = ["customer", "at", "number", "title", "words", "demand", "result", "promises", "next", "owner", "phone", "store", "company", "receipt", "today"];

    /// <summary>The versions of a language, newest first; the ready one stands last.</summary>
    public async Task<List<LetterTemplate>> VersionsAsync(string language, CancellationToken cancel = default) =>
        [.. await db.Set<LetterTemplate>().Where(t => t.Language == language).OrderByDescending(t => t.Number).ToListAsync(cancel), Ready(language)];

    /// <summary>The words in force.</summary>
    public async Task<LetterTemplate> InForceAsync(string language, CancellationToken cancel = default) =>
        await db.Set<LetterTemplate>().Where(t => t.Language == language).OrderByDescending(t => t.Number).FirstOrDefaultAsync(cancel) ?? Ready(language);

    /// <summary>Saves the next version.</summary>
    /// <param name="language">Of the letter.</param>
    /// <param name="words">With fields.</param>
    /// <param name="seen">The version the form was opened on; null: whatever stands.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<LetterTemplate> SaveAsync(string language, string? words, int? seen, CancellationToken cancel = default)
    {
        language = Texts.Known(language, ComplaintsDesk.Language);
        words = (words ?? "").ReplaceLineEndings("\n").Trim();
        if (words.Length == 0) throw new Refused("complaints.write-it") { Field = "In.Words" };
        if (words.Length > LetterTemplate.WordsMax) throw new Refused("complaints.too-long", LetterTemplate.WordsMax) { Field = "In.Words" };
        var names = Fields.Select(f => texts.In(language, "complaints.letter.field." + f)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (Field().Matches(words).Select(m => m.Groups["field"].Value).FirstOrDefault(f => !names.Contains(f)) is { } unknown) throw new Refused("complaints.macro.field-unknown", unknown) { Field = "In.Words" };
        // A letter without an answer is none.
        if (!words.Contains("{" + texts.In(language, "complaints.letter.field.result") + "}", StringComparison.OrdinalIgnoreCase)) throw new Refused("complaints.letter.result-needed", "{" + texts.In(language, "complaints.letter.field.result") + "}") { Field = "In.Words" };
        var last = (await InForceAsync(language, cancel)).Number;
        if (seen is not null && seen != last) throw new DbUpdateConcurrencyException();
        var now = time.Now();
        var made = new LetterTemplate { Id = Ids.New(now), Language = language, Number = last + 1, Words = words, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = now };
        db.Set<LetterTemplate>().Add(made);
        audit.Add("complaints.letter", "complaints.letter", made.Id, $"{language} {made.Number}");
        return made;
    }

    /// <summary>The letter's lines, filled in. A line that holds nothing but fields which are empty is left out.</summary>
    public IReadOnlyList<string> Fill(string language, string words, LetterWords with)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Fields)
        {
            values[texts.In(language, "complaints.letter.field." + field)] = field switch
            {
                "customer" => with.Customer,
                "at" => Day(with.At),
                "number" => with.Number,
                "title" => with.Title,
                "words" => with.Words,
                "demand" => with.Demand,
                "result" => with.Result,
                "promises" => with.Promises,
                "next" => with.Next,
                "owner" => with.Owner,
                "phone" => with.Phone,
                "store" => with.Store,
                "company" => with.Company,
                "receipt" => with.Receipt,
                _ => Day(with.Today),
            };
        }

        var lines = new List<string>();
        foreach (var line in words.Split('\n'))
        {
            var used = Field().Matches(line).Select(m => values.GetValueOrDefault(m.Groups["field"].Value, "")).ToList();
            if (used.Count > 0 && used.TrueForAll(v => v.Length == 0)) continue;
            lines.AddRange(Field().Replace(line, m => values.GetValueOrDefault(m.Groups["field"].Value, m.Value)).Split('\n'));
        }

        return lines;
    }

    /// <summary>What a case's letter is filled with, in a language.</summary>
    public LetterWords WordsOf(CaseView view, string language, string company, string phone, DateTime now)
    {
        var c = view.Complaint;
        string Moment(DateTime at) => at.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        // The result where there is one; else what was last said to the customer.
        var result = (c.IsOpen ? null : view.Closings.LastOrDefault()?.Result) ?? view.Messages.LastOrDefault(m => m.Direction == Direction.Out)?.Words ?? texts.In(language, "complaints.letter.working");
        var promises = view.Promises.Where(p => p.State == PromiseState.Open).Select(p => texts.In(language, "complaints.letter.promise-line", p.What, Moment(p.DueAt)));
        return new LetterWords(view.Customer.Name, c.Number, c.Title, c.Words, c.Demand, result, string.Join("\n", promises), c.IsOpen && c.NextDueAt is { } next && next > now ? Moment(next) : "", view.Name(c.OwnerId), phone, view.StoreName, company, c.Receipt,
            DateOnly.FromDateTime(c.At.Local(me.Zone)), DateOnly.FromDateTime(now.Local(me.Zone)));
    }

    // Taken as it stands: its braces are fields, not places for values.
    private LetterTemplate Ready(string language) => new() { Id = Guid.Empty, Language = language, Number = 0, Words = texts.All["complaints.letter.ready"][Math.Max(0, Array.IndexOf(Texts.Languages, language))] };

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<field>[^{}\n]{1,20})\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
