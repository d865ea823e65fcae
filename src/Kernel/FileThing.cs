namespace Huitou.Kernel;

/// <summary>
/// Things of a module whose pages and answers show whose file they belong to: a complaint, a sale, a call. Registered by the module, so
/// that a look at them counts as a look at the file where the file is secret (B11).
/// </summary>
/// <param name="Path">The beginning of their addresses, at both doors the id follows: <c>complaints</c> for <c>/complaints/{id}</c> and <c>/api/v1/complaints/{id}</c>.</param>
/// <param name="FileOf">The customer of a thing; nothing where it is not there or has none. Past the reach: who sees it is the page's question.</param>
public sealed record FileThing(string Path, Func<Db, Guid, IQueryable<Guid?>> FileOf);

/// <summary>Says that somebody was shown a customer's file by a page whose address does not name it; where the file is secret the look is put down (B11).</summary>
public interface IFileLook
{
    Task ShownAsync(Guid customerId, CancellationToken cancel = default);
}
