using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>Left: what stays true. Right: what is open, what is owned (screens, archetype 3). Lower and LowerLeft: what is asked for when it comes into sight, under the right and the left column. Call: under the script, for who calls the customer.</summary>
public enum PanelSide { Left, Right, Lower, LowerLeft, Call }

/// <summary>
/// A panel that a higher module adds to the customer page: a component with a parameter <c>Guid CustomerId</c>, registered
/// as a singleton service. The page cascades the customer's row, so that no panel reads it again.
/// </summary>
/// <param name="Component">The component's type.</param>
/// <param name="Side">Column.</param>
/// <param name="Order">Place in the column.</param>
/// <param name="Permission">Who sees it.</param>
public sealed record CustomerPanel(Type Component, PanelSide Side, int Order, string Permission);

/// <summary>An act in the header of the customer page and in lists (打电话, 记客诉 …).</summary>
/// <param name="TextKey">Word on the button.</param>
/// <param name="Icon">Tabler icon.</param>
/// <param name="Href">Address with <c>{0}</c> for the customer's id.</param>
/// <param name="Key">Key that works it.</param>
/// <param name="Order">Place.</param>
/// <param name="Permission">Who sees it.</param>
public sealed record CustomerAct(string TextKey, string Icon, string Href, char? Key, int Order, string Permission);

/// <summary>Published for every file opened, in bulk: the ids are rows of this transaction.</summary>
/// <param name="CustomerIds">New customers.</param>
public sealed record CustomersOpened(IReadOnlyList<Guid> CustomerIds);

/// <summary>A view of the customer list that a higher module adds (有事没办完 …), registered as a singleton service.</summary>
/// <param name="Key">Word in the address.</param>
/// <param name="TextKey">Word on the tab.</param>
/// <param name="Order">Place after the house's own views.</param>
/// <param name="Permission">Who sees it.</param>
/// <param name="CustomerIds">The customers meant, as a query that EF puts into the list's own statement.</param>
public sealed record CustomerView(string Key, string TextKey, int Order, string Permission, Func<Db, IQueryable<Guid>> CustomerIds);

/// <summary>Somebody new is our contact at a customer, or a contact has left (A4, 人事变迁): who looks after the customer introduces us and trains them.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="PersonId">The person around the customer.</param>
/// <param name="Name">Their name, with their post.</param>
/// <param name="Left">They have left: somebody else has to be found.</param>
public sealed record ContactArrived(Guid CustomerId, Guid PersonId, string Name, bool Left);
