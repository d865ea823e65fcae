using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Kernel;

/// <summary>One thing that concerns the whole installation (that the demo was removed). A platform row: no company, no personal data.</summary>
public sealed class PlatformSetting
{
    public required string Key { get; init; }
    public string Value { get; set; } = "";
}

internal sealed class PlatformSettingMap : IEntityTypeConfiguration<PlatformSetting>
{
    public void Configure(EntityTypeBuilder<PlatformSetting> setting)
    {
        setting.ToTable("kernel_setting");
        setting.HasKey(s => s.Key);
    }
}
