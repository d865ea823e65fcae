using Microsoft.EntityFrameworkCore;

namespace Huitou.Kernel;

public sealed class Db(DbContextOptions<Db> options) : DbContext(options)
{
    public Task SaveAsync(string? result = null, CancellationToken cancel = default) => throw new NotSupportedException(result);
    public Task StartOverAsync(CancellationToken cancel = default) => throw new NotSupportedException();
}
