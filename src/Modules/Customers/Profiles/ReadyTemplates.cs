using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// The templates that come with the house: S3-2's 42 items, Mackay's 66 facts (in words of our own), one for each trade.
/// Data: what a shop takes over is its own, and changes as it likes.
/// </summary>
public static class ReadyTemplates
{
    /// <summary>A ready template.</summary>
    public sealed record Ready(string Key, string For, string Trade, IReadOnlyList<ReadyItem> Items);

    /// <summary>An item of it; its words are texts under <c>customers.item.{template}.{key}</c>.</summary>
    public sealed record ReadyItem(string Key, string Section, string Kind, string[]? Options = null, string? Sensitive = null, string? Field = null, int Remind = 0, bool Hint = false);

    public static IReadOnlyList<Ready> All { get; } = Load();

    /// <summary>Copies a ready template into the shop's own, in use at once.</summary>
    public static ProfileTemplate TakeOver(Db db, Ready ready, int place, Guid? by, DateTime now)
    {
        var template = new ProfileTemplate { Key = ready.Key, Meant = Enum.Parse<MeantFor>(ready.For), InUseSince = now, Place = place };
        db.Set<ProfileTemplate>().Add(template);
        var items = ready.Items.Select((r, i) => new ProfileItem
        {
            TemplateId = template.Id, Key = $"{ready.Key}.{r.Key}", Section = $"customers.section.{ready.Key}.{r.Section}", Kind = Enum.Parse<ItemKind>(r.Kind), Hint = r.Hint ? $"customers.item.{ready.Key}.{r.Key}.hint" : "",
            Options = string.Join('\n', (r.Options ?? []).Select(o => "customers.option." + o)), Sensitive = r.Sensitive is null ? Sensitive.None : Enum.Parse<Sensitive>(r.Sensitive), Field = r.Field ?? "", Remind = r.Remind, Place = i + 1,
        }).ToList();
        db.Set<ProfileItem>().AddRange(items);
        db.Set<ProfileEdition>().Add(new ProfileEdition { TemplateId = template.Id, Number = template.Edition, At = now, By = by, What = "customers.edition.taken", Items = ProfileEdition.Write(items) });
        return template;
    }

    private static List<Ready> Load()
    {
        using var stream = typeof(ReadyTemplates).Assembly.GetManifestResourceStream("ready.json")!;
        return JsonSerializer.Deserialize<List<Ready>>(stream, new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
    }
}

/// <summary>A new company begins with the template of its trade.</summary>
internal sealed class SeedTemplates(Db db, TimeProvider time) : IHandle<CompanyMade>
{
    public Task HandleAsync(CompanyMade happened, CancellationToken cancel)
    {
        if (ReadyTemplates.All.FirstOrDefault(r => r.Trade == happened.Company.Trade) is { } ready) ReadyTemplates.TakeOver(db, ready, 1, null, time.Now());
        return Task.CompletedTask;
    }
}
