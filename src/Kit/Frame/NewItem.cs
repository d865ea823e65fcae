namespace Huitou.Kit;

/// <summary>An entry of the 新建 menu in the top bar. A module registers one as a singleton for each thing that can be begun from anywhere.</summary>
/// <param name="Order">Place in the menu.</param>
/// <param name="TextKey">Text key of the word.</param>
/// <param name="Href">Where it is begun.</param>
/// <param name="Icon">Tabler icon.</param>
/// <param name="Permission">Who may.</param>
public sealed record NewItem(int Order, string TextKey, string Href, string Icon, string Permission);

/// <summary>Where the bell leads: the owner of notices registers one; without it there is no bell. Its count comes like any badge's.</summary>
public sealed record BellLink(string Href);

/// <summary>A line in everybody's own menu, registered by a module as a singleton: what anybody may do from anywhere.</summary>
/// <param name="Order">Place.</param>
/// <param name="TextKey">Word.</param>
/// <param name="Href">Address; open to all who are signed in.</param>
/// <param name="Icon">Tabler icon.</param>
public sealed record UserLink(int Order, string TextKey, string Href, string Icon);

/// <summary>A line under the head of pages, registered by a module as a singleton.</summary>
/// <param name="Component">The component's type.</param>
public sealed record HeadLine(Type Component);
