using Huitou.Kernel;

namespace Huitou.House;

/// <summary>What belongs to the house and to no room: the page of settings, the page of the API, the demo's removal.</summary>
public sealed class HouseModule : Module
{
    public override string Name => "house";
    public override int Level => 8;
    public override IEnumerable<string> Permissions => ["demo.remove"];

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Management, 90, "shell.settings.title", "/settings", "settings", ""),
        new(MenuGroup.Management, 95, "shell.demo.title", "/settings/demo", "trash", "demo.remove"),
    ];
}
