using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Kernel;

/// <summary>One thing that concerns the whole installation (that the demo was removed). A platform row: no company, no personal data.</summary>
public sealed class PlatformSetting
{
    public required string Key { get; init; }
    public string Value { get; set; } = "";

    /// <summary>What stands there, or null; by hand, for what is asked at a start before the model of the database is worked out.</summary>
    public static async Task<string?> ReadAsync(Engine engine, string key, CancellationToken cancel = default)
    {
        await using var connection = engine.Connect();
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "select value from kernel_setting where key = @key";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("key", key);
        command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync(cancel) as string;
    }
}

internal sealed class PlatformSettingMap : IEntityTypeConfiguration<PlatformSetting>
{
    public void Configure(EntityTypeBuilder<PlatformSetting> setting)
    {
        setting.ToTable("kernel_setting");
        setting.HasKey(s => s.Key);
    }
}
