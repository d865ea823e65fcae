using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Files;

/// <summary>Deletes a content that no attachment of any company has any more.</summary>
internal sealed class RemoveContent(Db db, FileStore files) : IJob
{
    public const string JobKind = "files.remove-content";

    /// <param name="Sha256">Which content.</param>
    public sealed record Work(string Sha256);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var hash = run.Due.Read<Work>().Sha256;
        var used = db.Engine.IsPostgres
            ? await db.Database.SqlQueryRaw<bool>("select files_in_use({0}) as \"Value\"", hash).AsAsyncEnumerable().FirstAsync(cancel)
            : await db.Set<StoredFile>().IgnoreQueryFilters([Db.CompanyFilter]).AnyAsync(f => f.Sha256 == hash, cancel);
        if (!used) File.Delete(files.PathOf(hash));
    }
}
