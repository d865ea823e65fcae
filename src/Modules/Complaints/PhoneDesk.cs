using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>
/// The door for a telephone system (F1): it posts that a call rings, is answered, has ended, signed with the company's secret; the file opens for who
/// sits at the extension, and a press makes a complaint of the call. In the caller's transaction.
/// </summary>
public sealed class PhoneDesk(Db db, CurrentUser me, TimeProvider time, Audit audit, IDataProtectionProvider protection, IEnumerable<IKnownSenders> senders)
{
    /// <summary>A signature is good for so long, either way: clocks differ, and what was overheard is soon worth nothing.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    /// <summary>A call that rang longer ago opens no file any more.</summary>
    public static readonly TimeSpan Rings = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Life = TimeSpan.FromDays(3650);

    public Task<PhoneLine?> LineAsync(CancellationToken cancel = default) => db.Set<PhoneLine>().FirstOrDefaultAsync(cancel);

    /// <summary>A new address and a new secret; the ones before end. Both are shown once.</summary>
    public async Task<(string Address, string Secret)> OpenAsync(CancellationToken cancel = default)
    {
        var now = time.Now();
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && l.Kind == PhoneLine.LinkKind).ExecuteDeleteAsync(cancel);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var kept = protection.CreateProtector(PhoneLine.Purpose).Protect(secret);
        var line = await db.Set<PhoneLine>().AsTracking().FirstOrDefaultAsync(cancel);
        if (line is null) db.Set<PhoneLine>().Add(line = new PhoneLine { Secret = kept, Since = now, Version = 1 });
        else (line.Secret, line.Since) = (kept, now);
        audit.Add("complaints.phone-line", "complaints.phone-line", line.Id);
        return ("/t/" + Link.Create(db, PhoneLine.LinkKind, line.Id, now, Life), secret);
    }

    /// <summary>The door is shut: nothing that is posted counts any more.</summary>
    public async Task CloseAsync(CancellationToken cancel = default)
    {
        var line = await LineAsync(cancel) ?? throw new NotThere();
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && l.Kind == PhoneLine.LinkKind).ExecuteDeleteAsync(cancel);
        await db.Set<PhoneLine>().ExecuteDeleteAsync(cancel);
        audit.Add("complaints.phone-line", "complaints.phone-line", line.Id, "closed");
    }

    /// <summary>Says who sits at an extension; nobody takes it away.</summary>
    public async Task SeatAsync(string? number, Guid? staff, CancellationToken cancel = default)
    {
        number = (number ?? "").Trim();
        if (number.Length is 0 or > PhoneExtension.NumberMax || !number.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) throw new Refused("complaints.phone.extension-wrong", PhoneExtension.NumberMax) { Field = "In.Number" };
        if (staff is { } who && !await db.Set<Member>().AnyAsync(m => m.Id == who && m.LeftOn == null, cancel)) throw new Refused("complaints.handover-who") { Field = "In.StaffId" };
        var there = await db.Set<PhoneExtension>().AsTracking().FirstOrDefaultAsync(e => e.Number == number, cancel);
        if (staff is null)
        {
            if (there is not null) db.Set<PhoneExtension>().Remove(there);
        }
        else if (there is null) db.Set<PhoneExtension>().Add(there = new PhoneExtension { Number = number, StaffId = staff.Value });
        else there.StaffId = staff.Value;
        audit.Add("complaints.extension", "complaints.extension", there?.Id ?? Guid.Empty, number);
    }

    /// <summary>The signature of a body at a moment: HMAC-SHA-256 of <c>moment.body</c>, hexadecimal.</summary>
    public static string Sign(string secret, string moment, string body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(moment + "." + body)));

    /// <summary>Whether the telephone system wrote this, now: the moment is Unix seconds.</summary>
    public async Task<bool> IsItAsync(string? moment, string? signature, string body, CancellationToken cancel = default)
    {
        if (!long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 0 or > 253402300799 || signature is null) return false;
        if ((time.Now() - DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime).Duration() > Fresh || await LineAsync(cancel) is not { } line) return false;
        var right = Sign(protection.CreateProtector(PhoneLine.Purpose).Unprotect(line.Secret), moment!, body);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(right), Encoding.UTF8.GetBytes(signature.Trim().ToLowerInvariant().Replace("sha256=", "", StringComparison.Ordinal)));
    }

    /// <summary>What the telephone system told.</summary>
    /// <exception cref="BadInput">It makes no sense.</exception>
    public async Task<PhoneCall> TakeAsync(string body, CancellationToken cancel = default)
    {
        const string shape = "{ \"id\": \"…\", \"state\": \"ringing\" | \"answered\" | \"ended\" | \"missed\", \"from\": \"…\", \"extension\": \"…\" }";
        var (id, from, extension, state) = ("", "", "", default(CallState?));
        try
        {
            using var json = JsonDocument.Parse(body);
            string Word(string name) => json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) ? value.ToString().Trim() : "";
            (id, from, extension) = (Word("id"), Word("from"), Word("extension"));
            state = Word("state").ToLowerInvariant() switch { "ringing" => CallState.Ringing, "answered" => CallState.Answered, "ended" => CallState.Ended, "missed" => CallState.Missed, _ => null };
        }
        catch (JsonException)
        {
            // said below, as for all that cannot be read
        }

        if (id.Length is 0 or > PhoneCall.IdMax || state is null || extension.Length > PhoneExtension.NumberMax || from.Length > 40) throw new BadInput([("body", shape)]);
        var now = time.Now();
        var call = await db.Set<PhoneCall>().AsTracking().FirstOrDefaultAsync(c => c.ProviderId == id, cancel);
        if (call is null)
        {
            var number = Phone.Read(from);
            var digits = number.WrongKey is null ? number.Digits : new string([.. from.Where(char.IsAsciiDigit)]);
            call = new PhoneCall { Id = Ids.New(now), ProviderId = id, Number = digits, At = now, Version = 1 };
            foreach (var source in digits.Length == 0 ? [] : senders)
            {
                if ((await source.ByNumberAsync([digits], cancel)).GetValueOrDefault(digits) is not { } known) continue;
                (call.CustomerId, call.StoreId) = (known.CustomerId, known.StoreId);
                break;
            }

            db.Set<PhoneCall>().Add(call);
        }

        // It is put through to another: the file opens there too.
        if (extension.Length > 0 && (extension != call.Extension || call.StaffId is null))
        {
            call.Extension = extension;
            call.StaffId = await db.Set<PhoneExtension>().Where(e => e.Number == extension).Select(e => (Guid?)e.StaffId).FirstOrDefaultAsync(cancel);
        }

        call.Tell(state.Value, now);
        return call;
    }

    /// <summary>The call that rings or is spoken at my extension now; null: none.</summary>
    public Task<PhoneCall?> NowAsync(CancellationToken cancel = default)
    {
        var since = time.Now() - Rings;
        return db.Set<PhoneCall>().Where(c => c.StaffId == me.StaffId && (c.State == CallState.Ringing || c.State == CallState.Answered) && c.At > since).OrderByDescending(c => c.At).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Where a call leads: its case, a new complaint of the customer, or who it may be.</summary>
    public static string HrefOf(PhoneCall call) => call.ComplaintId is { } done ? $"/complaints/{done}" : call.CustomerId is { } known ? $"/complaints/new?customer={known}&call={call.Id}" : $"/complaints/new?call={call.Id}";

    /// <summary>A complaint was taken down from it.</summary>
    public async Task BecomeAsync(Guid id, Guid complaintId, CancellationToken cancel = default)
    {
        var call = await db.Set<PhoneCall>().AsTracking().FirstOrDefaultAsync(c => c.Id == id && c.StaffId == me.StaffId, cancel);
        call?.Become(complaintId);
    }
}
