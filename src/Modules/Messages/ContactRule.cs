using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>What a shop wants to have changed of its rule.</summary>
internal sealed record ContactRuleChange(int Most, int Days, int QuietFrom, int QuietTo, IEnumerable<ContactPurpose> NeedsConsent, IEnumerable<ContactPurpose> Uncounted);

/// <summary>How often and when customers are contacted at all (D5); one row a company, without it the shipped figures.</summary>
public sealed class ContactRule : ICompanyOwned, IVersioned
{
    public const int MostLimit = 31;
    public const int DaysLimit = 365;
    private const int MinutesOfDay = 24 * 60;

    /// <summary>Purposes that the shop may free from the count or tie to a consent; an answer is always free.</summary>
    public static readonly ContactPurpose[] Open = [ContactPurpose.Service, ContactPurpose.FollowUp, ContactPurpose.Care, ContactPurpose.Promotion];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>At most so many contacts …</summary>
    public int Most { get; private set; } = 4;
    /// <summary>… in any so many days in a row. Four in 30: S3-8's own calls fit (day 3, 15 and twice day 30).</summary>
    public int Days { get; private set; } = 30;
    /// <summary>Quiet from this minute of the day …</summary>
    public int QuietFrom { get; private set; } = 21 * 60;
    /// <summary>… to this one, over midnight. The same twice: no quiet hours.</summary>
    public int QuietTo { get; private set; } = 8 * 60;
    /// <summary>Names of purposes by spaces.</summary>
    public string NeedsConsent { get; private set; } = nameof(ContactPurpose.Promotion);
    public string Uncounted { get; private set; } = "";
    public int Version { get; set; }

    public bool Counts(ContactPurpose purpose) => purpose != ContactPurpose.Answer && !Uncounted.Split(' ').Contains(purpose.ToString());
    public bool Needs(ContactPurpose purpose) => NeedsConsent.Split(' ').Contains(purpose.ToString());
    public bool IsQuietAtMidnight => QuietFrom > QuietTo;

    /// <summary>Takes over what the shop wants.</summary>
    /// <exception cref="Refused">A figure makes no sense.</exception>
    public void Change(int most, int days, int quietFrom, int quietTo, IEnumerable<ContactPurpose> needsConsent, IEnumerable<ContactPurpose> uncounted)
    {
        if (most is < 1 or > MostLimit) throw new Refused("messages.contacts.between", 1, MostLimit) { Field = "In.Most" };
        if (days is < 1 or > DaysLimit) throw new Refused("messages.contacts.between", 1, DaysLimit) { Field = "In.Days" };
        if (quietFrom is < 0 or >= MinutesOfDay) throw new Refused("messages.contacts.time-wrong") { Field = "In.QuietFrom" };
        if (quietTo is < 0 or >= MinutesOfDay) throw new Refused("messages.contacts.time-wrong") { Field = "In.QuietTo" };
        // At least a morning has to be left to reach anybody.
        var quiet = (quietTo - quietFrom + MinutesOfDay) % MinutesOfDay;
        if (quiet > MinutesOfDay - 4 * 60) throw new Refused("messages.contacts.quiet-long") { Field = "In.QuietFrom" };
        (Most, Days, QuietFrom, QuietTo) = (most, days, quietFrom, quietTo);
        NeedsConsent = string.Join(' ', needsConsent.Where(Open.Contains).Append(ContactPurpose.Promotion).Distinct().Order()); // advertising without a yes is against the law
        Uncounted = string.Join(' ', uncounted.Where(p => p != ContactPurpose.Promotion && Open.Contains(p)).Distinct().Order());
    }

    /// <summary>When quiet hours end, on the wall clock; null: it is not quiet.</summary>
    public DateTime? QuietUntil(DateTime local)
    {
        var minute = (int)local.TimeOfDay.TotalMinutes;
        if (QuietFrom == QuietTo) return null;
        if (IsQuietAtMidnight)
        {
            if (minute >= QuietFrom) return local.Date.AddDays(1).AddMinutes(QuietTo);
            return minute < QuietTo ? local.Date.AddMinutes(QuietTo) : null;
        }

        return minute >= QuietFrom && minute < QuietTo ? local.Date.AddMinutes(QuietTo) : null;
    }
}

/// <summary>One contact that was made, on the day it was made; what the budget counts.</summary>
public sealed class ContactEntry : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>A plain id: customers stand above this module.</summary>
    public Guid CustomerId { get; init; }
    public DateOnly Day { get; private set; }
    public ContactPurpose Purpose { get; init; }
    public ContactWay Way { get; private set; }
    public required string WhatKey { get; init; }
    public required string OnceKey { get; init; }
    public bool Counted { get; private set; }
    /// <summary>Given back: it did not reach the customer.</summary>
    public bool Released { get; private set; }
    public Guid? ByStaff { get; private set; }
    public DateTime At { get; private set; }

    internal void Count(ContactWay way, bool counted, DateOnly day, DateTime at, Guid? by) => (Way, Counted, Day, At, ByStaff, Released) = (way, counted, day, at, by, false);
}

/// <summary>The row that is locked while a customer's budget is looked at; its id is the customer's.</summary>
public sealed class ContactGuard : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
}

internal sealed class ContactRuleMap : IEntityTypeConfiguration<ContactRule>
{
    public void Configure(EntityTypeBuilder<ContactRule> rule)
    {
        rule.ToTable("messages_contact_rule");
        rule.Ignore(r => r.IsQuietAtMidnight);
    }
}

internal sealed class ContactEntryMap : IEntityTypeConfiguration<ContactEntry>
{
    public void Configure(EntityTypeBuilder<ContactEntry> entry) => entry.ToTable("messages_contact");
}

internal sealed class ContactGuardMap : IEntityTypeConfiguration<ContactGuard>
{
    public void Configure(EntityTypeBuilder<ContactGuard> guard) => guard.ToTable("messages_guard");
}
