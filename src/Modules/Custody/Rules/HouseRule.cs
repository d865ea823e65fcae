using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Written down; before the general manager; approved; refused.</summary>
public enum EditionState { Asked, Approved, Refused }

/// <summary>A house rule (制度, B15). Its words stand in editions; so do its name and where it binds, once there is an edition that says so.</summary>
public sealed class HouseRule : ICompanyOwned, IVersioned
{
    public const int TitleMax = 60;
    public const int PlacesMax = 2000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public required string Title { get; init; }
    /// <summary>Beginnings of the addresses where it binds, separated by spaces: <c>/custody /customers</c>.</summary>
    public required string Places { get; init; }
    public DateTime CreatedAt { get; init; }
    public int Version { get; set; }
}

/// <summary>One edition of a rule: approved by the general manager, in force from a day.</summary>
public sealed class RuleEdition : ICompanyOwned, IVersioned
{
    public const string Act = "custody.rule";
    public const string Subject = "custody.rule-edition";
    public const int WordsMax = 20_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid RuleId { get; init; }
    public int Number { get; init; }
    /// <summary>What the rule is called from this edition on; null: as the rule says.</summary>
    public string? Title { get; init; }
    /// <summary>Where it binds from this edition on; null: as the rule says.</summary>
    public string? Places { get; init; }
    public required string Words { get; init; }
    public DateOnly InForceOn { get; init; }
    public EditionState State { get; private set; }
    public Guid? RequestId { get; set; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public Guid? DecidedBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public DateTime? RemindedAt { get; set; }
    public int Version { get; set; }

    public void Decide(bool approved, Guid? by, DateTime now)
    {
        if (State == EditionState.Asked) (State, DecidedBy, DecidedAt) = (approved ? EditionState.Approved : EditionState.Refused, by, now);
    }
}

/// <summary>Somebody has read an edition and signed it with their name.</summary>
public sealed class RuleSignature : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid EditionId { get; init; }
    public Guid StaffId { get; init; }
    public required string Name { get; init; }
    public DateTime At { get; init; }
}

/// <summary>A rule with the edition in force today.</summary>
public sealed record RuleInForce
{
    public Guid RuleId { get; init; }
    public string Title { get; init; } = "";
    public string Places { get; init; } = "";
    public Guid EditionId { get; init; }
    public int Number { get; init; }
    public DateOnly InForceOn { get; init; }
    public bool Signed { get; init; }

    /// <summary>True when it binds on a page.</summary>
    public bool BindsAt(string path) => Places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(p => path == p || path.StartsWith(p + "/", StringComparison.Ordinal));
}

/// <summary>Writes, approves, signs house rules.</summary>
public sealed class RuleDesk(Db db, CurrentUser me, TimeProvider time, ApprovalDesk approvals, Audit audit, Texts texts, People people, Terms terms) : IHandle<ApprovalDecided>
{
    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>The editions in force today, and whether the person has signed them. One statement.</summary>
    public IQueryable<RuleInForce> InForce(Guid staffId)
    {
        var today = time.Today(me.Zone);
        return from r in db.Set<HouseRule>()
               join e in db.Set<RuleEdition>() on r.Id equals e.RuleId
               where e.State == EditionState.Approved && e.InForceOn <= today
                     && !db.Set<RuleEdition>().Any(later => later.RuleId == r.Id && later.State == EditionState.Approved && later.InForceOn <= today && later.Number > e.Number)
               orderby e.Title ?? r.Title
               select new RuleInForce { RuleId = r.Id, Title = e.Title ?? r.Title, Places = e.Places ?? r.Places, EditionId = e.Id, Number = e.Number, InForceOn = e.InForceOn, Signed = db.Set<RuleSignature>().Any(s => s.EditionId == e.Id && s.StaffId == staffId) };
    }

    /// <summary>Writes a rule or its next edition, and asks the general manager.</summary>
    public async Task<RuleEdition> WriteAsync(Guid? ruleId, string title, string places, string words, DateOnly inForceOn, CancellationToken cancel = default)
    {
        (title, words) = (title.Trim(), words.ReplaceLineEndings("\n").Trim());
        places = string.Join(' ', places.Split([' ', ',', '\n', '，', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
        var wrong = new Wrongs();
        wrong.If(title.Length is 0 or > HouseRule.TitleMax, "In.Title", "custody.retention.title-needed", HouseRule.TitleMax);
        wrong.If(places.Length > HouseRule.PlacesMax || places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(p => p[0] != '/'), "In.Places", "custody.rule.places-wrong");
        wrong.If(words.Length is 0 or > RuleEdition.WordsMax, "In.Words", "custody.rule.words-needed", RuleEdition.WordsMax);
        wrong.If(inForceOn < time.Today(me.Zone), "In.InForceOn", "custody.rule.day-past");
        wrong.Stop();
        var now = time.Now();
        HouseRule rule;
        if (ruleId is { } id)
        {
            rule = await db.Set<HouseRule>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
            if (await db.Set<RuleEdition>().AnyAsync(e => e.RuleId == id && e.State == EditionState.Asked, cancel)) throw new Refused("custody.rule.asked-already");
        }
        else
        {
            rule = new HouseRule { Id = Ids.New(now), Key = Ids.New(now).ToString("N"), Title = title, Places = places, CreatedAt = now };
            db.Set<HouseRule>().Add(rule);
            await db.SaveChangesAsync(cancel);
        }

        var last = await db.Set<RuleEdition>().Where(e => e.RuleId == rule.Id).OrderByDescending(e => e.Number).Select(e => new { e.Number, e.Title, e.Words }).FirstOrDefaultAsync(cancel);
        title = texts.Kept(last?.Title ?? rule.Title, title);
        var edition = new RuleEdition { RuleId = rule.Id, Number = (last?.Number ?? 0) + 1, Title = title, Places = places, Words = last is null ? words : texts.Kept(last.Words, words), InForceOn = inForceOn, By = By, At = now };
        db.Set<RuleEdition>().Add(edition);
        var answer = await approvals.AskAsync(new ApprovalAsk(RuleEdition.Act, RuleEdition.Subject, edition.Id, 0, null, "custody.rule.summary", $"/rules/{rule.Id}?edition={edition.Number}") { Args = [title, edition.Number] }, cancel);
        if (answer.AlreadyAllowed) edition.Decide(true, By, now);
        else edition.RequestId = answer.RequestId;
        audit.Add("custody.rule", "custody.rule", rule.Id, $"{edition.Number}");
        return edition;
    }

    /// <summary>Signs the edition in force, with one's own name.</summary>
    public async Task SignAsync(Guid ruleId, string name, CancellationToken cancel = default)
    {
        if (me.StaffId == Guid.Empty) throw new NotThere();
        var edition = await InForce(me.StaffId).FirstOrDefaultAsync(r => r.RuleId == ruleId, cancel) ?? throw new Refused("custody.rule.not-in-force");
        if (edition.Signed) return;
        if (name.Trim() != me.Name) throw new Refused("custody.rule.own-name", me.Name) { Field = "In.Name" };
        db.Set<RuleSignature>().Add(new RuleSignature { EditionId = edition.EditionId, StaffId = me.StaffId, Name = me.Name, At = time.Now() });
        audit.Add("custody.rule-sign", "custody.rule", ruleId, $"{edition.Number}");
    }

    /// <summary>Reminds everybody who has not signed: their menu says so from now on, as late.</summary>
    public async Task RemindAsync(Guid ruleId, CancellationToken cancel = default)
    {
        var edition = await InForce(me.StaffId).FirstOrDefaultAsync(r => r.RuleId == ruleId, cancel) ?? throw new Refused("custody.rule.not-in-force");
        var now = time.Now();
        await db.Set<RuleEdition>().Where(e => e.Id == edition.EditionId).ExecuteUpdateAsync(s => s.SetProperty(e => e.RemindedAt, now), cancel);
        audit.Add("custody.rule-remind", "custody.rule", ruleId);
    }

    /// <summary>Who works here and has not signed an edition.</summary>
    public IQueryable<Person> Unsigned(Guid editionId) => people.All.Where(p => p.IsHere && !db.Set<RuleSignature>().Any(s => s.EditionId == editionId && s.StaffId == p.Id)).OrderBy(p => p.Name);

    /// <summary>How many days there are for signing.</summary>
    public Task<int> DaysAsync(CancellationToken cancel = default) => terms.DaysAsync("rule-sign", cancel);

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != RuleEdition.Subject) return;
        var edition = await db.Set<RuleEdition>().AsTracking().FirstOrDefaultAsync(e => e.Id == happened.SubjectId, cancel);
        edition?.Decide(happened.Approved, happened.By, time.Now());
    }

    /// <summary>The three don'ts (三不准; S3-1, 26), in force from the company's first day.</summary>
    public static async Task SeedAsync(Db db, DateTime now, DateOnly today, CancellationToken cancel = default)
    {
        if (await db.Set<HouseRule>().AnyAsync(cancel)) return;
        var rule = new HouseRule { Key = "three-donts", Title = "custody.rule.three-donts", Places = "/custody /customers /leaks", CreatedAt = now };
        db.Set<HouseRule>().Add(rule);
        await db.SaveChangesAsync(cancel);
        var edition = new RuleEdition { RuleId = rule.Id, Number = 1, Words = "custody.rule.three-donts-words", InForceOn = today, At = now };
        edition.Decide(true, null, now);
        db.Set<RuleEdition>().Add(edition);
    }
}

/// <summary>A new company starts with the three don'ts and the ready retention classes and notices.</summary>
public sealed class SeedKeeping(Db db, TimeProvider time, CurrentUser user) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel) => EnsureAsync(cancel);

    /// <summary>Adds what is not there yet.</summary>
    public async Task EnsureAsync(CancellationToken cancel)
    {
        await RetentionDesk.SeedAsync(db, cancel);
        await NoticeDesk.SeedAsync(db, cancel);
        await PenaltyDesk.SeedAsync(db, cancel);
        await RuleDesk.SeedAsync(db, time.Now(), time.Today(user.Zone), cancel);
    }
}

/// <summary>Rules in force that I have not signed; late when reminded or past the days.</summary>
internal sealed class RulesBadge(RuleDesk desk, Db db, CurrentUser me, TimeProvider time) : IBadge
{
    public string Href => "/rules";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        if (me.StaffId == Guid.Empty) return (0, false);
        var open = await desk.InForce(me.StaffId).Where(r => !r.Signed).ToListAsync(cancel);
        if (open.Count == 0) return (0, false);
        var ids = open.ConvertAll(o => o.EditionId);
        var before = time.Today(me.Zone).AddDays(-await desk.DaysAsync(cancel));
        return (open.Count, open.Any(o => o.InForceOn < before) || await db.Set<RuleEdition>().AnyAsync(e => ids.Contains(e.Id) && e.RemindedAt != null, cancel));
    }
}

internal sealed class HouseRuleMap : IEntityTypeConfiguration<HouseRule>
{
    public void Configure(EntityTypeBuilder<HouseRule> row) => row.ToTable("custody_rule");
}

internal sealed class RuleEditionMap : IEntityTypeConfiguration<RuleEdition>
{
    public void Configure(EntityTypeBuilder<RuleEdition> row) => row.ToTable("custody_rule_edition");
}

internal sealed class RuleSignatureMap : IEntityTypeConfiguration<RuleSignature>
{
    public void Configure(EntityTypeBuilder<RuleSignature> row) => row.ToTable("custody_rule_signature");
}
