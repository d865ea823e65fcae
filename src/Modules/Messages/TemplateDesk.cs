using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>What a template is to be.</summary>
/// <param name="Words">zh-CN, zh-TW, en.</param>
public sealed record TemplateDraft(string Name, ContactPurpose Purpose, string Channel, string ProviderCode, IReadOnlyList<TemplateWords> Words);

/// <summary>Changes templates, for page and API: each change of words is a new edition.</summary>
public sealed class TemplateDesk(Db db, CurrentUser user, TimeProvider time, Templates templates, IEnumerable<IChannel> channels, Audit audit)
{
    /// <summary>Stores it; a ready one is stored from then on.</summary>
    /// <param name="key">Which; null: a new one.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="edition">The edition that was read: another's change in between is a conflict.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>Its key.</returns>
    /// <exception cref="Refused">A field that is not known, no words, too long.</exception>
    public async Task<string> SaveAsync(string? key, TemplateDraft draft, int edition, CancellationToken cancel = default)
    {
        var before = key is null ? null : await templates.FindAsync(key, cancel);
        if (before is not null && before.Edition != edition) throw new DbUpdateConcurrencyException();
        draft = draft with { Name = draft.Name.Trim(), ProviderCode = draft.ProviderCode.Trim(), Words = [.. draft.Words.Select(w => new TemplateWords(w.Subject.Trim(), w.Body.ReplaceLineEndings("\n").Trim()))] };
        Check(draft, before);
        var now = time.Now();
        var row = key is null ? null : await db.Set<Template>().AsTracking().FirstOrDefaultAsync(t => t.Key == key, cancel);
        if (row is null)
        {
            var id = Ids.New(now);
            db.Add(row = new Template { Id = id, Key = key ?? "own-" + id.ToString("N")[^12..], Version = 1 });
        }

        var changed = before is null || !before.Words.SequenceEqual(draft.Words) || row.Edition == 0;
        (row.Name, row.Purpose, row.Channel, row.ProviderCode) = (before is { IsReady: true } && draft.Name == before.Name ? row.Name : draft.Name, draft.Purpose, draft.Channel, draft.ProviderCode);
        if (changed)
        {
            row.Edition++;
            db.Add(new TemplateEdition
            {
                Id = Ids.New(now), TemplateId = row.Id, Number = row.Edition, At = now, ByStaff = user.StaffId == Guid.Empty ? null : user.StaffId,
                SubjectCn = draft.Words[0].Subject, SubjectTw = draft.Words[1].Subject, SubjectEn = draft.Words[2].Subject, BodyCn = draft.Words[0].Body, BodyTw = draft.Words[1].Body, BodyEn = draft.Words[2].Body,
            });
        }

        audit.Add("messages.template", "messages.template", row.Id, string.Create(CultureInfo.InvariantCulture, $"{row.Key} {row.Edition}"));
        return row.Key;
    }

    /// <summary>No longer offered, or offered again. What was sent with it stays as it is.</summary>
    public async Task RetireAsync(string key, bool retire, CancellationToken cancel = default)
    {
        var before = await templates.FindAsync(key, cancel);
        if (before.Key == Templates.OptOutDone && retire) throw new Refused("messages.template.needed");
        if (before.Edition == 0) await SaveAsync(key, new TemplateDraft(before.Name, before.Purpose, before.Channel, before.ProviderCode, before.Words), 0, cancel);
        await db.SaveChangesAsync(cancel);
        var row = await db.Set<Template>().AsTracking().FirstAsync(t => t.Key == key, cancel);
        row.RetiredAt = retire ? row.RetiredAt ?? time.Now() : null;
        audit.Add("messages.template", "messages.template", row.Id, $"{row.Key} {(retire ? "retired" : "offered")}");
    }

    private void Check(TemplateDraft draft, TemplateRow? before)
    {
        if (draft.Name.Length is 0 or > Template.NameMax) throw new Refused("messages.template.name-wrong", Template.NameMax) { Field = "In.Name" };
        if (draft.Words.Count != Texts.Languages.Length) throw new Refused("messages.template.body-missing") { Field = "words" };
        if (!Enum.IsDefined(draft.Purpose)) throw new Refused("messages.template.purpose-missing") { Field = "In.Purpose" };
        // The answer to an opt-out goes to who has just said no; nothing else may call itself an answer and slip past the door.
        if (draft.Purpose == ContactPurpose.Answer && before?.Purpose != ContactPurpose.Answer) throw new Refused("messages.template.purpose-missing") { Field = "In.Purpose" };
        if (draft.Channel.Length > 0 && channels.All(c => c.Key != draft.Channel)) throw new Refused("messages.settings.which-one") { Field = "In.Channel" };
        if (draft.ProviderCode.Length > Template.CodeMax || draft.ProviderCode.Any(char.IsControl)) throw new Refused("messages.settings.too-long", Template.CodeMax) { Field = "In.ProviderCode" };
        if (draft.Words[0].Body.Length == 0) throw new Refused("messages.template.body-missing") { Field = "words[0].body" };
        var known = templates.Known;
        for (var i = 0; i < draft.Words.Count; i++)
        {
            var (subject, body) = (draft.Words[i].Subject, draft.Words[i].Body);
            if (subject.Length > Template.SubjectMax || subject.Any(char.IsControl)) throw new Refused("messages.settings.too-long", Template.SubjectMax) { Field = $"words[{i}].subject" };
            if (body.Length > Template.BodyMax) throw new Refused("messages.template.too-long", Template.BodyMax, body.Length) { Field = $"words[{i}].body" };
            if (TemplateText.Unknown(subject, known) is { } odd) throw new Refused("messages.template.unknown", odd) { Field = $"words[{i}].subject" };
            if (TemplateText.Unknown(body, known) is { } unknown) throw new Refused("messages.template.unknown", unknown) { Field = $"words[{i}].body" };
        }
    }
}
