using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>What makes a follow-up due.</summary>
public enum RuleCause
{
    /// <summary>A sale; days count from the day the file is made, or from the sale when the file is older (S3-8).</summary>
    Sale,

    /// <summary>Somebody met at an event who did not buy.</summary>
    Event,

    /// <summary>A complaint that ended.</summary>
    Complaint,

    /// <summary>The month's plan finds it (replacement due).</summary>
    Plan,

    /// <summary>Agreed with the customer, or called without a plan.</summary>
    Hand,

    /// <summary>A thing owned is due for maintenance; days count before that day.</summary>
    Service,

    /// <summary>A repaired thing was handed back.</summary>
    Repair,

    /// <summary>Something was dealt with in the hall.</summary>
    Hall,
}

/// <summary>What becomes of a limit that falls on a day on which the store is closed; it never leaves its month.</summary>
public enum RuleShift
{
    /// <summary>It stays.</summary>
    None,

    /// <summary>The open day before: the limit is kept.</summary>
    Before,

    /// <summary>The next open day.</summary>
    After,
}

/// <summary>Who calls: the customer's own representative, or the store's specialist.</summary>
public enum RuleLine { Representative, Specialist }

/// <summary>One rule of follow-up (C1, S3-8), as data the shop edits. Title, aim and script are the shop's words; empty means the shipped ones.</summary>
public sealed class Rule : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int AimMax = 200;
    public const int MostDays = 730;

    /// <summary>So many rules a company.</summary>
    public const int Most = 60;

    /// <summary>Key of a call agreed with the customer.</summary>
    public const string Agreed = "agreed";

    /// <summary>Key of a call nobody planned.</summary>
    public const string Unplanned = "unplanned";

    /// <summary>Keys of what follows when somebody new is our contact at a customer, or one has left (A4).</summary>
    public const string ContactNew = "contact-new";
    public const string ContactLeft = "contact-left";

    /// <summary>Key of the plan's promotion to whose phone is due for replacement.</summary>
    public const string Replacement = "replacement";

    /// <summary>Key of the plan's contact with who has been silent too long: nothing bought for twice the usual time between two purchases (<c>CustomerFigures</c>).</summary>
    public const string Silent = "silent";

    /// <summary>Key of the month's second contact (<see cref="SecondContact"/>).</summary>
    public const string Second = "second";

    /// <summary>Key of the call after a complaint.</summary>
    public const string AfterComplaint = "after-complaint";

    /// <summary>Key of the call before a maintenance is due.</summary>
    public const string Maintenance = "maintenance";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public RuleCause Cause { get; init; }
    public RuleLine Line { get; set; }
    /// <summary>Within so many days.</summary>
    public int Days { get; set; }
    public string Title { get; set; } = "";
    /// <summary>以终为始: what the call is to bring, written before it.</summary>
    public string Aim { get; set; } = "";
    public Guid ScriptId { get; set; }
    public bool Active { get; set; } = true;
    public RuleShift Shift { get; set; }
    /// <summary>The days are working days of the customer's store.</summary>
    public bool Working { get; set; }
    /// <summary>Rises with each change that concerns follow-ups.</summary>
    public int Edition { get; set; } = 1;
    public int Place { get; init; }
    public int Version { get; set; }

    /// <summary>The word on screen for a rule.</summary>
    public static string NameOf(Texts t, string key, string title) => title.Length > 0 ? title : t.Has("followups.rule." + key) ? t["followups.rule." + key] : "—";

    /// <summary>What the call is to bring.</summary>
    public static string AimOf(Texts t, string key, string aim) => aim.Length > 0 ? aim : t.Has($"followups.rule.{key}.aim") ? t[$"followups.rule.{key}.aim"] : "";
}

/// <summary>What to say, sentence by sentence: a line each, <c>sentence | hint | answer / answer</c>. Empty means the shipped words in the reader's language.</summary>
public sealed class Script : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int StepsMax = 4000;
    public const int MostSteps = 12;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public string Title { get; set; } = "";
    public string Steps { get; set; } = "";
    /// <summary>Rises with each change of the words.</summary>
    public int Edition { get; set; } = 1;
    public int Version { get; set; }

    public static string NameOf(Texts t, string key, string title) => title.Length > 0 ? title : t["followups.script." + key];

    /// <summary>The shop's words, or the shipped ones.</summary>
    public static string StepsOf(Texts t, string key, string steps) => steps.Length > 0 ? steps : t[$"followups.script.{key}.steps"];

    /// <summary>Reads the lines and puts the call's names in: <c>{address}</c>, <c>{store}</c>, <c>{me}</c>, <c>{product}</c>, <c>{said}</c>. A line whose value is unknown is left out.</summary>
    public static IReadOnlyList<ScriptSentence> Read(string steps, IReadOnlyDictionary<string, string> values)
    {
        var sentences = new List<ScriptSentence>();
        var place = -1;
        foreach (var line in steps.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            place++;
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            var text = parts[0];
            var known = true;
            foreach (var (name, value) in values)
            {
                if (!text.Contains("{" + name + "}", StringComparison.Ordinal)) continue;
                known &= value.Length > 0;
                text = text.Replace("{" + name + "}", value, StringComparison.Ordinal);
            }

            if (known) sentences.Add(new(text, parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2].Split('/', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : []) { Place = place, Asked = parts[0] });
        }

        return sentences;
    }
}

/// <summary>One sentence, a hint for who says it, and what may be answered.</summary>
public sealed record ScriptSentence(string Text, string Hint, string[] Answers)
{
    /// <summary>Its line in the script, from 0; lines left out are counted too.</summary>
    public int Place { get; init; }
    /// <summary>As the script has it, without the call's names.</summary>
    public string Asked { get; init; } = "";
}

/// <summary>The shop's figures for follow-ups; one row a company.</summary>
public sealed class Setting : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Up to this score a loop opens at once (C4).</summary>
    public int LowScore { get; set; } = 2;
    /// <summary>No longer asked: the contact rules of Messages hold for all modules (D5). The column stays until a release later.</summary>
    public int MonthLimit { get; private set; } = 3;
    /// <summary>After so many calls without answer the task is given up.</summary>
    public int MostAttempts { get; set; } = 5;
    /// <summary>A day's follow-ups are due by this minute of the day.</summary>
    public int DayEndsAt { get; set; } = 20 * 60;
    /// <summary>Satisfaction aimed at, percent of ratings 4 and 5.</summary>
    public int Target { get; set; } = 92;
    /// <summary>Share of the month's calls that is called back.</summary>
    public int SamplePercent { get; set; } = 10;
    /// <summary>A month's plan begins with this: within so many days after the first contact comes the second; 0: none.</summary>
    public int SecondDays { get; set; } = 7;
    /// <summary>True: everybody is contacted a second time; else who was not content or has needs.</summary>
    public bool SecondAll { get; set; }
    public int Version { get; set; }
}

/// <summary>One edition of a rule, and what the change did to what was still to be done.</summary>
public sealed class RuleEdition : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid RuleId { get; init; }
    public int Edition { get; init; }
    public int Days { get; init; }
    public RuleLine Line { get; init; }
    public RuleShift Shift { get; init; }
    public bool Active { get; init; }
    public bool Working { get; init; }
    public int Moved { get; init; }
    public int Handed { get; init; }
    public int TakenOut { get; init; }
    public DateTime At { get; init; }
    public Guid? ByStaff { get; init; }
}

internal sealed class RuleEditionMap : IEntityTypeConfiguration<RuleEdition>
{
    public void Configure(EntityTypeBuilder<RuleEdition> edition) => edition.ToTable("followups_rule_edition");
}

internal sealed class RuleMap : IEntityTypeConfiguration<Rule>
{
    public void Configure(EntityTypeBuilder<Rule> rule) => rule.ToTable("followups_rule");
}

internal sealed class ScriptMap : IEntityTypeConfiguration<Script>
{
    public void Configure(EntityTypeBuilder<Script> script) => script.ToTable("followups_script");
}

internal sealed class SettingMap : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> setting) => setting.ToTable("followups_setting");
}
