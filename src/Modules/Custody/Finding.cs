using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A file by its number, for who need not see it: registers go by numbers.</summary>
public sealed record FoundFile(Guid Id, string Number, bool IsSecret);

/// <summary>Finds files for the registers and knows the shop's rules of keeping.</summary>
public sealed class Finding(Db db)
{
    /// <summary>The file with this number, whoever may see it.</summary>
    /// <exception cref="Refused">There is none.</exception>
    public async Task<FoundFile> ByNumberAsync(string? typed, CancellationToken cancel)
    {
        var number = (typed ?? "").Trim().ToUpperInvariant();
        if (number.Length == 0) throw new Refused("custody.file-needed") { Field = "In.File" };
        // A secret file's row is not to be had by who may not see it, its number in the register is.
        var secret = await db.Set<SecretFile>().Where(s => s.Number == number).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancel);
        if (secret is { } id) return new FoundFile(id, number, true);
        var file = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Number == number).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancel);
        return file is { } found ? new FoundFile(found, number, false) : throw new Refused("custody.file-unknown", number) { Field = "In.File" };
    }

    public async Task<CustodySetting> SettingAsync(CancellationToken cancel) => await db.Set<CustodySetting>().FirstOrDefaultAsync(cancel) ?? new CustodySetting();

    /// <summary>Trimmed and measured; what is wrong with it is noted.</summary>
    public static string Text(Wrongs wrong, string? typed, int most, string field, string missingKey, bool needed = true) => wrong.Try(() => Text(typed, most, field, missingKey, needed)) ?? "";

    /// <summary>Trimmed and measured.</summary>
    public static string Text(string? typed, int most, string field, string missingKey, bool needed = true)
    {
        var text = (typed ?? "").Trim();
        if (needed && text.Length == 0) throw new Refused(missingKey) { Field = field };
        return text.Length <= most ? text : throw new Refused("custody.too-long", most) { Field = field };
    }
}
