using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What a form or the API says of an item.</summary>
public sealed record ItemInput(string? Title, string? Section, string? Hint, string? Kind, string? Options, string? Sensitive, int Remind);

/// <summary>Changes what is asked. Every change is an edition of its own, kept with its questions; no answer is touched by any.</summary>
public sealed class TemplateDesk(Db db, CurrentUser user, TimeProvider time, ProfileCatalog catalog, Audit audit, Texts texts)
{
    private Guid? By => user.StaffId == Guid.Empty ? null : user.StaffId;

    public async Task<ProfileTemplate> AddAsync(string? title, string? meant, CancellationToken cancel = default)
    {
        var count = await db.Set<ProfileTemplate>().CountAsync(cancel);
        var template = new ProfileTemplate { Title = Named(title), Meant = Meant(meant), InUseSince = time.Now(), Place = count + 1 };
        db.Set<ProfileTemplate>().Add(template);
        db.Set<ProfileEdition>().Add(new ProfileEdition { TemplateId = template.Id, Number = template.Edition, At = time.Now(), By = By, What = "customers.edition.begun", Items = "[]" });
        audit.Add("customers.template", "customers.template", template.Id);
        return template;
    }

    /// <summary>Name, whom it is meant for, in use or put away: what is asked stays, so no edition.</summary>
    public void Change(ProfileTemplate template, string? title, string? meant, bool inUse)
    {
        var ready = template.Key.Length > 0 && (string.IsNullOrWhiteSpace(title) || CustomerDesk.Tidy(title) == texts[$"customers.template.{template.Key}"]);
        template.Title = ready ? "" : Named(title);
        template.Meant = Meant(meant);
        template.InUseSince = inUse ? template.InUseSince ?? time.Now() : null;
        audit.Add("customers.template", "customers.template", template.Id);
        catalog.Forget(db);
    }

    /// <summary>Adds an item at the end, or changes the wording of one. Kind and sensitivity of an item never change: end it and add another.</summary>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<ProfileItem> SaveItemAsync(ProfileTemplate template, ProfileItem? item, ItemInput input, CancellationToken cancel = default)
    {
        var wrong = new List<(string, string)>();
        // Ready words sent back as they were read stay ready words, in every language.
        var (title, section, hint) = (CustomerDesk.Tidy(input.Title), Back(item?.Section, CustomerDesk.Tidy(input.Section)), Back(item?.Hint, CustomerDesk.Tidy(input.Hint)));
        if (item is { Key.Length: > 0 } && title == texts[$"customers.item.{item.Key}"]) title = "";
        if (title.Length == 0 && item is not { Key.Length: > 0 }) wrong.Add(("Title", texts["customers.item.title-missing"]));
        if (title.Length > ProfileItem.TitleMax) wrong.Add(("Title", texts["customers.too-long", ProfileItem.TitleMax]));
        if (section.Length > ProfileItem.SectionMax && !texts.Has(section)) wrong.Add(("Section", texts["customers.too-long", ProfileItem.SectionMax]));
        if (hint.Length > ProfileItem.HintMax && !texts.Has(hint)) wrong.Add(("Hint", texts["customers.too-long", ProfileItem.HintMax]));
        if (item is null && (!Enum.TryParse<ItemKind>(input.Kind, out var typed) || !Enum.IsDefined(typed))) wrong.Add(("Kind", texts["customers.item.kind-missing"]));
        var kind = item?.Kind ?? (Enum.TryParse<ItemKind>(input.Kind, out var k) ? k : ItemKind.Text);
        var ready = ProfileItem.Split(item?.Options ?? "");
        var options = (input.Options ?? "").Split('\n').Select(CustomerDesk.Tidy).Where(o => o.Length > 0).Select(o => Array.Find(ready, r => Back(r, o) == r) ?? o).Distinct(StringComparer.Ordinal).ToList();
        if (kind is ItemKind.Choice or ItemKind.Several)
        {
            if (options.Count < 2) wrong.Add(("Options", texts["customers.item.options-missing"]));
            else if (options.Count > ProfileItem.MostOptions || options.Exists(o => o.Length > ProfileItem.OptionMax)) wrong.Add(("Options", texts["customers.item.options-long", ProfileItem.MostOptions, ProfileItem.OptionMax]));
        }
        else
        {
            options.Clear();
        }

        if (input.Remind is < 0 or > ProfileItem.MostRemind) wrong.Add(("Remind", texts["customers.item.remind-wrong", ProfileItem.MostRemind]));
        var items = await ItemsAsync(template, cancel);
        if (item is null && items.Count(i => i.LastEdition is null) >= ProfileTemplate.MostItems) wrong.Add(("Title", texts["customers.item.too-many", ProfileTemplate.MostItems]));
        if (wrong.Count > 0) throw new BadInput(wrong);

        var isNew = item is null;
        var edition = template.Edition + 1;
        item ??= new ProfileItem
        {
            TemplateId = template.Id, Kind = kind, Sensitive = Enum.TryParse<Sensitive>(input.Sensitive, out var s) && Enum.IsDefined(s) ? s : Sensitive.None, FirstEdition = edition, Place = items.Count == 0 ? 1 : items.Max(i => i.Place) + 1,
        };
        (item.Title, item.Section, item.Hint, item.Options, item.Remind) = (title, section, hint, string.Join('\n', options), kind == ItemKind.Date ? input.Remind : 0);
        if (isNew)
        {
            db.Set<ProfileItem>().Add(item);
            items.Add(item);
        }

        Edition(template, items, isNew ? "customers.edition.added" : "customers.edition.worded");
        audit.Add("customers.template.item", "customers.item", item.Id);
        return item;
    }

    /// <summary>No longer asked; the answers stay and are read under the file's earlier ones.</summary>
    public async Task EndAsync(ProfileTemplate template, ProfileItem item, CancellationToken cancel = default)
    {
        if (item.LastEdition is not null) return;
        var items = await ItemsAsync(template, cancel);
        item.End(template.Edition);
        Edition(template, items, "customers.edition.ended");
        audit.Add("customers.template.item-end", "customers.item", item.Id);
    }

    public async Task ResumeAsync(ProfileTemplate template, ProfileItem item, CancellationToken cancel = default)
    {
        if (item.LastEdition is null) return;
        var items = await ItemsAsync(template, cancel);
        item.Resume();
        Edition(template, items, "customers.edition.resumed");
        audit.Add("customers.template.item-resume", "customers.item", item.Id);
    }

    /// <summary>Decides whether something sensitive is asked at all.</summary>
    public async Task SwitchAsync(ProfileTemplate template, ProfileItem item, bool on, CancellationToken cancel = default)
    {
        if (item.Sensitive == Sensitive.None || on == item.AskedSince is not null) return;
        var items = await ItemsAsync(template, cancel);
        if (on) item.SwitchOn(By, time.Now());
        else item.SwitchOff();
        Edition(template, items, on ? "customers.edition.switched-on" : "customers.edition.switched-off");
        audit.Add(on ? "customers.template.sensitive-on" : "customers.template.sensitive-off", "customers.item", item.Id);
    }

    /// <summary>One place up or down among those asked.</summary>
    public async Task MoveAsync(ProfileTemplate template, ProfileItem item, int step, CancellationToken cancel = default)
    {
        var items = (await ItemsAsync(template, cancel)).OrderBy(i => i.Place).ThenBy(i => i.Id).ToList();
        var at = items.FindIndex(i => i.Id == item.Id);
        var to = at + Math.Sign(step);
        if (at < 0 || to < 0 || to >= items.Count) return;
        (items[at], items[to]) = (items[to], items[at]);
        for (var i = 0; i < items.Count; i++) items[i].Place = i + 1;
        Edition(template, items, "customers.edition.moved");
    }

    public Task<List<ProfileItem>> ItemsAsync(ProfileTemplate template, CancellationToken cancel) =>
        db.Set<ProfileItem>().AsTracking().Where(i => i.TemplateId == template.Id).OrderBy(i => i.Place).ThenBy(i => i.Id).ToListAsync(cancel);

    private void Edition(ProfileTemplate template, IEnumerable<ProfileItem> items, string what)
    {
        db.Set<ProfileEdition>().Add(new ProfileEdition { TemplateId = template.Id, Number = template.NextEdition(), At = time.Now(), By = By, What = what, Items = ProfileEdition.Write(items) });
        catalog.Forget(db);
    }

    private string Named(string? title)
    {
        var name = CustomerDesk.Tidy(title);
        return name.Length is > 0 and <= ProfileTemplate.TitleMax ? name : throw new BadInput([("Title", texts["customers.template.title-wrong", ProfileTemplate.TitleMax])]);
    }

    private string Back(string? there, string typed) => !string.IsNullOrEmpty(there) && ProfileWords.Own(texts, there) == typed ? there : typed;

    private static MeantFor Meant(string? word) => Enum.TryParse<MeantFor>(word, out var meant) && Enum.IsDefined(meant) ? meant : MeantFor.All;
}
