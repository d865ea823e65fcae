using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Configuration;

namespace Huitou.Customers;

/// <summary>How far the ledger had come when this database was last written: one row a company.</summary>
public sealed class ErasureHead : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public long Place { get; set; }
    public required string Hash { get; set; }
}

/// <summary>One line of the ledger: ids only, chained by hash within the company. Place 0 opens a company's chain and names nobody.</summary>
internal sealed record ErasureLine(Guid Company, long Place, Guid? Person, DateTime At, string Hash);

/// <summary>
/// Who was erased, in a file that lies outside the database and its backup (B14): a restored old copy is brought up to it
/// at the start, and one that comes without it is not served. Only appended to. <c>HUITOU_ERASURE_LEDGER</c> puts it
/// elsewhere, away from the data folder.
/// </summary>
public sealed class ErasureLedger(Engine engine, IConfiguration configuration)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Where it lies.</summary>
    public string Path { get; } = configuration["HUITOU_ERASURE_LEDGER"] is { Length: > 0 } elsewhere ? elsewhere : System.IO.Path.Combine(engine.DataFolder, "erasures.ledger");

    /// <summary>Appends, flushed to the disk, before the transaction that erases commits: a line too many erases nobody who was not to be erased.</summary>
    internal ErasureLine Append(Guid company, IReadOnlyList<Guid> persons, DateTime at)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        using var file = OpenAlone();
        var lines = Read(file);
        var last = lines.LastOrDefault(l => l.Company == company);
        var text = new StringBuilder();
        if (last is null) Add(null);
        foreach (var person in persons) Add(person);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        file.Flush(flushToDisk: true);
        return last!;

        void Add(Guid? person)
        {
            var place = last is null ? 0 : last.Place + 1;
            last = new ErasureLine(company, place, person, at, HashOf(last?.Hash ?? "", company, place, person, at));
            text.Append(JsonSerializer.Serialize(last)).Append('\n');
        }
    }

    /// <summary>All lines; none where there is no file.</summary>
    /// <exception cref="InvalidDataException">A line was changed or taken out.</exception>
    internal IReadOnlyList<ErasureLine> ReadAll()
    {
        if (!File.Exists(Path)) return [];
        using var file = OpenAlone();
        var lines = Read(file);
        foreach (var chain in lines.GroupBy(l => l.Company))
        {
            var (hash, place) = ("", 0L);
            foreach (var line in chain)
            {
                if (line.Place != place || line.Hash != HashOf(hash, line.Company, line.Place, line.Person, line.At)) throw new InvalidDataException($"The erasure ledger was changed: line {line.Place} of company {line.Company} does not follow the one before it.");
                (hash, place) = (line.Hash, place + 1);
            }
        }

        return lines;
    }

    // Nodes share the folder: one at a time, and the others wait.
    private FileStream OpenAlone()
    {
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(20))
        {
            try
            {
                return new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < LongestWait)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static List<ErasureLine> Read(FileStream file)
    {
        file.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        var lines = new List<ErasureLine>();
        // A line that a dying machine left half written has no end and was not committed by anybody.
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.EndsWith('}')) lines.Add(JsonSerializer.Deserialize<ErasureLine>(line)!);
        }

        return lines;
    }

    private static string HashOf(string before, Guid company, long place, Guid? person, DateTime at) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{before}|{company}|{place}|{person}|{at:O}"))));
}

internal sealed class ErasureHeadMap : IEntityTypeConfiguration<ErasureHead>
{
    public void Configure(EntityTypeBuilder<ErasureHead> head) => head.ToTable("customers_erasure_head");
}
