using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Huitou.Kernel;

// The modules' tables by one convention, and the named filters that cut every row to company, reach and level of secrecy.
public sealed partial class Db
{
    protected override void ConfigureConventions(ModelConfigurationBuilder builder)
    {
        builder.Properties<Enum>().HaveConversion<string>();
        builder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        builder.ApplyConfigurationsFromAssembly(typeof(Db).Assembly);
        foreach (var module in modules.All) builder.ApplyConfigurationsFromAssembly(module.Assembly);
        var keepsSecrets = builder.Model.FindEntityType(typeof(SecretFile)) is not null;
        foreach (var entity in builder.Model.GetEntityTypes().ToList())
        {
            foreach (var property in entity.GetProperties()) property.SetColumnName(Snake(property.Name));
            if (entity.IsOwned()) continue;
            var type = entity.ClrType;
            if (typeof(ICompanyOwned).IsAssignableFrom(type)) Invoke(nameof(CutToCompany), type, builder);
            if (typeof(IScoped).IsAssignableFrom(type)) Invoke(nameof(CutToReach), type, builder);
            if (typeof(IVersioned).IsAssignableFrom(type)) entity.FindProperty(nameof(IVersioned.Version))!.IsConcurrencyToken = true;
            if (keepsSecrets && typeof(ICompanyOwned).IsAssignableFrom(type)) Invoke(nameof(CutToSecrecy), type, builder);
        }

        foreach (var module in modules.All) module.Cut(builder, this);
    }

    private void Invoke(string method, Type type, ModelBuilder builder) =>
        typeof(Db).GetMethod(method, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(this, [builder]);

    private void CutToCompany<T>(ModelBuilder builder) where T : class, ICompanyOwned
    {
        builder.Entity<T>().HasKey(e => new { e.CompanyId, e.Id });
        builder.Entity<T>().Property(e => e.Id).ValueGeneratedNever();
        builder.Entity<T>().HasQueryFilter(CompanyFilter, e => e.CompanyId == CompanyId);
    }

    private void CutToReach<T>(ModelBuilder builder) where T : class, IScoped
    {
        // A file is also reached by who was named or granted it (B3); what hangs on it is loaded through it.
        if (typeof(ICustomerFile).IsAssignableFrom(typeof(T)) && builder.Model.FindEntityType(typeof(FileReader)) is not null)
        {
            builder.Entity<T>().HasQueryFilter(ScopeFilter, e => SeesAll || e.OwnerId == StaffId || (e.StoreId != null && StoreIds.Contains(e.StoreId.Value))
                || Set<FileReader>().Where(r => r.StaffId == StaffId && (r.Until == null || r.Until > Moment)).Select(r => r.FileId).Contains(EF.Property<Guid>(e, "Id")));
            return;
        }

        builder.Entity<T>().HasQueryFilter(ScopeFilter, e => SeesAll || e.OwnerId == StaffId || (e.StoreId != null && StoreIds.Contains(e.StoreId.Value)));
    }

    // Few files are secret: their ids are read once a statement, not once a row.
    private void CutToSecrecy<T>(ModelBuilder builder) where T : class, ICompanyOwned
    {
        if (typeof(ICustomerFile).IsAssignableFrom(typeof(T)))
        {
            builder.Entity<T>().HasQueryFilter(SecrecyFilter, e => SeesSecrets
                || !Set<SecretFile>().Where(s => !Set<FileReader>().Any(r => r.FileId == s.Id && r.StaffId == StaffId && (r.Until == null || r.Until > Moment))).Select(s => s.Id).Contains(e.Id));
            return;
        }

        var of = builder.Model.FindEntityType(typeof(T))!.FindProperty("CustomerId")?.ClrType;
        if (of == typeof(Guid))
        {
            builder.Entity<T>().HasQueryFilter(SecrecyFilter, e => SeesSecrets
                || !Set<SecretFile>().Where(s => !Set<FileReader>().Any(r => r.FileId == s.Id && r.StaffId == StaffId && (r.Until == null || r.Until > Moment))).Select(s => s.Id).Contains(EF.Property<Guid>(e, "CustomerId")));
        }
        else if (of == typeof(Guid?))
        {
            builder.Entity<T>().HasQueryFilter(SecrecyFilter, e => SeesSecrets || EF.Property<Guid?>(e, "CustomerId") == null
                || !Set<SecretFile>().Where(s => !Set<FileReader>().Any(r => r.FileId == s.Id && r.StaffId == StaffId && (r.Until == null || r.Until > Moment))).Select(s => s.Id).Contains(EF.Property<Guid?>(e, "CustomerId")!.Value));
        }
    }

    /// <summary><c>NextContactOn</c> → <c>next_contact_on</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.Kind == DateTimeKind.Utc ? value : DateTime.SpecifyKind(value, DateTimeKind.Utc),
        value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
