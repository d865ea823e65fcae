using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>欠费, 费用, 押金, 违规.</summary>
public enum ChargeKind { Arrears, Fee, Deposit, Violation }

/// <summary>
/// Open: to be paid, or to be put right. Held: a deposit that was paid and lies with us. Closed: paid, put right, or paid
/// back. Waived: not asked for any more, with a reason.
/// </summary>
public enum ChargeState { Open, Held, Closed, Waived }

/// <summary>Money between the customer and us besides sales, and what they broke (A7, S3-7).</summary>
public sealed class Charge : ICompanyOwned, IVersioned
{
    public const int TitleMax = 60;
    public const int WordsMax = 500;
    public const long Largest = 100_000_000_00;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public ChargeKind Kind { get; init; }
    public required string Title { get; set; }
    /// <summary>ISO 4217. Sums never cross currencies.</summary>
    public string Currency { get; init; } = Currencies.Usual;
    /// <summary>Minor units; 0 for a violation without a fine.</summary>
    public long Amount { get; init; }
    public DateOnly? DueOn { get; set; }
    public ChargeState State { get; private set; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateOnly? ClosedOn { get; private set; }
    public Guid? ClosedBy { get; private set; }
    public string Words { get; set; } = "";
    public int Version { get; set; }

    /// <summary>Paid; a deposit then lies with us, a violation is put right.</summary>
    public void Pay(Guid? by, DateOnly on)
    {
        if (State != ChargeState.Open) throw new Refused("customers.charge.not-open");
        if (Kind == ChargeKind.Deposit) State = ChargeState.Held;
        else (State, ClosedOn, ClosedBy) = (ChargeState.Closed, on, by);
    }

    /// <summary>A deposit goes back to the customer.</summary>
    public void PayBack(Guid? by, DateOnly on)
    {
        if (State != ChargeState.Held) throw new Refused("customers.charge.not-held");
        (State, ClosedOn, ClosedBy) = (ChargeState.Closed, on, by);
    }

    /// <summary>Not asked for any more; says why.</summary>
    public void Waive(Guid? by, DateOnly on, string why)
    {
        if (State != ChargeState.Open) throw new Refused("customers.charge.not-open");
        if (why.Trim().Length == 0) throw new Refused("customers.charge.say-why") { Field = "In.Why" };
        (State, ClosedOn, ClosedBy, Words) = (ChargeState.Waived, on, by, why.Trim());
    }
}

/// <summary>Credit standing (S3-4).</summary>
public enum CreditGrade { Unknown, Good, Watch, Stop }

/// <summary>How a customer pays, as somebody judged it at a time; the newest counts.</summary>
public sealed class CreditStanding : ICompanyOwned
{
    public const int WordsMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public CreditGrade Grade { get; init; }
    public string Words { get; init; } = "";
    public DateTime At { get; init; }
    public Guid? By { get; init; }
}

/// <summary>What is owed to us and what of theirs we hold, in one currency.</summary>
public sealed record MoneySum(string Currency, long Owed, long Held);

/// <summary>Writes charges and credit, from page and API.</summary>
public sealed class MoneyDesk(Db db, CurrentUser user, TimeProvider time, Texts texts, Audit audit, Public.Timeline timeline)
{
    private Guid? By => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<Charge> AddAsync(Guid customerId, ChargeKind kind, string? title, long amount, DateOnly? dueOn, string? words, string? currency = null, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var wrong = new List<(string, string)>();
        var name = CustomerDesk.Tidy(title);
        currency = string.IsNullOrWhiteSpace(currency) ? Currencies.Usual : currency.Trim().ToUpperInvariant();
        if (!Currencies.IsKnown(currency)) wrong.Add(("Currency", texts["customers.currency-unknown", currency.Length > 10 ? currency[..10] : currency]));
        if (name.Length is 0 or > Charge.TitleMax) wrong.Add(("Title", texts["customers.charge.title-wrong", Charge.TitleMax]));
        if (amount is < 0 or > Charge.Largest || amount == 0 && kind != ChargeKind.Violation) wrong.Add(("Amount", texts["customers.charge.amount-wrong"]));
        if ((words ?? "").Trim().Length > Charge.WordsMax) wrong.Add(("Words", texts["customers.too-long", Charge.WordsMax]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var charge = new Charge { CustomerId = customerId, Kind = kind, Title = name, Currency = currency, Amount = amount, DueOn = dueOn, MadeAt = time.Now(), MadeBy = By, Words = (words ?? "").Trim() };
        db.Set<Charge>().Add(charge);
        timeline.Add(customerId, TimelineKind.File, $"customers.timeline.charge-{kind.ToString().ToLowerInvariant()}", [name]);
        audit.Add("customers.charge", "customers.charge", charge.Id, kind.ToString());
        return charge;
    }

    /// <summary>The sums of a customer, one for each currency that has one; the usual currency first.</summary>
    public static async Task<IReadOnlyList<MoneySum>> SumsAsync(Db db, Guid customerId, CancellationToken cancel = default)
    {
        var sums = await db.Set<Charge>().Where(c => c.CustomerId == customerId && (c.State == ChargeState.Held || c.State == ChargeState.Open && c.Kind != ChargeKind.Deposit && c.Amount != 0)).GroupBy(c => c.Currency)
            .Select(g => new { Currency = g.Key, Owed = g.Sum(c => c.State == ChargeState.Open ? c.Amount : 0), Held = g.Sum(c => c.State == ChargeState.Held ? c.Amount : 0) }).ToListAsync(cancel);
        return [.. sums.Select(s => new MoneySum(s.Currency, s.Owed, s.Held)).OrderBy(s => s.Currency == Currencies.Usual ? 0 : 1).ThenBy(s => s.Currency, StringComparer.Ordinal)];
    }

    /// <summary>pay, back, waive.</summary>
    public void Close(Charge charge, string act, string? why)
    {
        var today = time.Today(user.Zone);
        if (act == "pay") charge.Pay(By, today);
        else if (act == "back") charge.PayBack(By, today);
        else if (act == "waive") charge.Waive(By, today, why ?? "");
        else throw new NotThere();
        timeline.Add(charge.CustomerId, TimelineKind.File, $"customers.timeline.charge-{act}", [charge.Title]);
        audit.Add(act switch { "pay" => "customers.charge.pay", "back" => "customers.charge.back", _ => "customers.charge.waive" }, "customers.charge", charge.Id);
    }

    public async Task JudgeAsync(Guid customerId, CreditGrade grade, string? words, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        if ((words ?? "").Trim().Length > CreditStanding.WordsMax) throw new BadInput([("Words", texts["customers.too-long", CreditStanding.WordsMax])]);
        db.Set<CreditStanding>().Add(new CreditStanding { CustomerId = customerId, Grade = grade, Words = (words ?? "").Trim(), At = time.Now(), By = By });
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.credit", [$"customers.credit.{grade}"]);
        audit.Add("customers.credit", "customers.customer", customerId, grade.ToString());
    }
}

internal sealed class ChargeMap : IEntityTypeConfiguration<Charge>
{
    public void Configure(EntityTypeBuilder<Charge> charge) => charge.ToTable("customers_charge");
}

internal sealed class CreditStandingMap : IEntityTypeConfiguration<CreditStanding>
{
    public void Configure(EntityTypeBuilder<CreditStanding> credit) => credit.ToTable("customers_credit");
}
