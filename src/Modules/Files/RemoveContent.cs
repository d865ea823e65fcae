using Huitou.Files.Public;
using Huitou.Kernel;

namespace Huitou.Files;

/// <summary>Deletes a content that no attachment of any company has any more.</summary>
internal sealed class RemoveContent(FileStore files) : IJob
{
    public const string JobKind = "files.remove-content";

    /// <param name="Sha256">Which content.</param>
    public sealed record Work(string Sha256);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var hash = run.Due.Read<Work>().Sha256;
        if (!await files.IsUsedAsync(hash, cancel)) File.Delete(files.PathOf(hash));
    }
}
