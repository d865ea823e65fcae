using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>What two files look like together: one person twice, or two of one family who share a phone.</summary>
public enum PairKind { Same, Family }

/// <summary>What was decided. Dismissed pairs stay dismissed, also when they are found again.</summary>
public enum PairState { Open, Dismissed, Merged, Linked }

/// <summary>Two files that may be one person (A11); the smaller id is A.</summary>
public sealed class Pair : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid AId { get; init; }
    public Guid BId { get; init; }
    public PairKind Kind { get; set; }
    /// <summary>0–100: how sure it looks.</summary>
    public int Score { get; set; }
    /// <summary>Keys of <see cref="PairReasons"/>, divided by blanks.</summary>
    public required string Reasons { get; set; }
    public PairState State { get; private set; }
    public DateTime FoundAt { get; init; }
    public Guid? DecidedBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public int Version { get; set; }

    public IEnumerable<string> ReasonKeys => Reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public void Decide(PairState state, DateTime now, Guid? by)
    {
        if (State is not PairState.Open && !(State is PairState.Dismissed && state is PairState.Open)) throw new Refused("customers.pair.decided-already");
        (State, DecidedAt, DecidedBy) = (state, state is PairState.Open ? null : now, state is PairState.Open ? null : by);
    }
}

/// <summary>Why two files look alike, and how much each reason weighs; pure.</summary>
public static class PairReasons
{
    public const string Phone = "phone", WeChat = "wechat", Imei = "imei", Email = "email", NameBirthday = "name-birthday", Name = "name", SharedPhone = "shared-phone";

    /// <summary>What two files have in common.</summary>
    public readonly record struct Alike(bool Phone, bool WeChat, bool Imei, bool Email, bool Name, bool Birthday);

    /// <summary>
    /// Kind, score and reasons. Families share a phone, so a phone or e-mail under another name speaks for a family, not for one person; a phone
    /// resold speaks for nothing at all unless the name is the same.
    /// </summary>
    public static (PairKind Kind, int Score, string Reasons)? Judge(Alike a)
    {
        if (!a.Name)
        {
            if (a.WeChat) return (PairKind.Same, 70, Join((a.WeChat, WeChat), (a.Phone, Phone), (a.Imei, Imei), (a.Email, Email)));
            return a.Phone || a.Email && a.Imei ? (PairKind.Family, a.Phone ? 50 : 30, Join((a.Phone, SharedPhone), (a.Imei, Imei), (a.Email, Email))) : null;
        }

        var score = (a.Phone ? 90 : 0) + (a.WeChat ? 90 : 0) + (a.Imei ? 85 : 0) + (a.Email ? 80 : 0) + (a.Birthday ? 75 : 0);
        return score == 0 ? null : (PairKind.Same, Math.Min(score, 100), Join((a.Phone, Phone), (a.WeChat, WeChat), (a.Imei, Imei), (a.Email, Email), (a.Birthday, NameBirthday), (true, Name)));
    }

    private static string Join(params (bool Is, string Key)[] reasons) => string.Join(' ', reasons.Where(r => r.Is).Select(r => r.Key));
}

internal sealed class PairMap : IEntityTypeConfiguration<Pair>
{
    public void Configure(EntityTypeBuilder<Pair> pair)
    {
        pair.ToTable("customers_pair");
        pair.Ignore(p => p.ReasonKeys);
    }
}
