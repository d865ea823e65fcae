using Microsoft.Data.Sqlite;

namespace Huitou.Tests.House;

/// <summary>The verbs backup and restore: whole, or nothing at all.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("huitou-test-").FullName;

    private string In(string name) => Path.Combine(folder, name);

    [Fact]
    public async Task A_backup_gives_everything_back_and_only_whole()
    {
        Assert.Equal(0, await CommandLine.RunAsync(["company", "--name", "甲", "--admin", "jia", "--data", In("a"), "--production"]));
        Assert.Equal(0, await CommandLine.RunAsync(["backup-key", In("key"), "--data", In("a")]));
        Assert.Equal(0, await CommandLine.RunAsync(["backup-key", In("other"), "--data", In("a")]));
        Directory.CreateDirectory(In("a/files/ab/cd"));
        await File.WriteAllTextAsync(In("a/files/ab/cd/abcd"), new string('x', 200_000), TestContext.Current.CancellationToken);
        Assert.Equal(0, await CommandLine.RunAsync(["backup", "--data", In("a"), "--to", In("one.backup"), "--key", In("key")]));

        Assert.Equal(0, await CommandLine.RunAsync(["restore", "--data", In("b"), "--from", In("one.backup"), "--key", In("key")]));
        Assert.Equal(await RowsAsync(In("a/huitou.db")), await RowsAsync(In("b/huitou.db")));
        Assert.Equal(await File.ReadAllTextAsync(In("a/files/ab/cd/abcd"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(In("b/files/ab/cd/abcd"), TestContext.Current.CancellationToken));
        Assert.Equal(1, await CommandLine.RunAsync(["restore", "--data", In("b"), "--from", In("one.backup"), "--key", In("key")])); // never over one that is there
        Assert.DoesNotContain("jia", await File.ReadAllTextAsync(In("one.backup"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // Another key; a bit changed anywhere; cut off anywhere, also between two pieces; a piece twice.
        var bytes = await File.ReadAllBytesAsync(In("one.backup"), TestContext.Current.CancellationToken);
        await RefusedAsync(bytes, "other");
        foreach (var at in new[] { 0, 20, 40, bytes.Length / 2, bytes.Length - 1 })
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            await RefusedAsync(changed, "key");
        }

        const int start = 32, piece = 64 * 1024 + 16;
        foreach (var left in new[] { 0, 10, start, start + 5, bytes.Length - 1 }) await RefusedAsync(bytes[..left], "key");
        if (bytes.Length > start + piece)
        {
            await RefusedAsync(bytes[..(start + piece)], "key");
            await RefusedAsync([.. bytes[..(start + piece)], .. bytes[start..]], "key");
        }
    }

    private async Task RefusedAsync(byte[] bytes, string key)
    {
        await File.WriteAllBytesAsync(In("bad.backup"), bytes, TestContext.Current.CancellationToken);
        var target = In("refused");
        Assert.Equal(1, await CommandLine.RunAsync(["restore", "--data", target, "--from", In("bad.backup"), "--key", In(key)]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
    }

    private static async Task<long> RowsAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select (select count(*) from access_role_permission) * 1000000 + (select count(*) from access_audit) * 1000 + (select count(*) from staff_member)";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
