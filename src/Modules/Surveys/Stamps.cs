using System.Globalization;
using System.Security.Cryptography;
using Huitou.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Huitou.Surveys;

/// <summary>Says which answer a page belongs to, before it is stored: sealed, so that nobody makes up the id of another's.</summary>
public sealed class Stamps(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(45);

    private readonly IDataProtector protector = protection.CreateProtector("surveys.answer");

    public (Guid Id, string Stamp) New(Guid link, DateTime now)
    {
        var id = Kernel.Ids.New(now);
        return (id, Of(id, link, now));
    }

    public string Of(Guid id, Guid link, DateTime now) => protector.Protect($"{now.Ticks}:{id:N}:{link:N}");

    /// <summary>The answer's id; null when it is not ours, of another link, or too old.</summary>
    public Guid? Read(string? stamp, Guid link, DateTime now)
    {
        if (string.IsNullOrEmpty(stamp)) return null;
        try
        {
            if (protector.Unprotect(stamp).Split(':') is not [var ticks, var id, var of] || of != link.ToString("N")) return null;
            return now.Ticks - long.Parse(ticks, CultureInfo.InvariantCulture) <= Longest.Ticks ? Guid.ParseExact(id, "N") : null;
        }
        catch (CryptographicException)
        {
            return null; // typed by hand, or sealed with a key that is gone
        }
    }
}

/// <summary>What a page's form carries for the questions: fields named <c>q.…</c>.</summary>
public static class FillFields
{
    private const string Prefix = "q.";

    public static Typed Of(IFormCollection form)
    {
        var typed = new Typed();
        foreach (var field in form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal))) typed[field.Key[Prefix.Length..]] = [.. field.Value.Select(v => v ?? "")];
        return typed;
    }
}
