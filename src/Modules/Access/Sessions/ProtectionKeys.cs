using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Huitou.Kernel;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access.Sessions;

/// <summary>A key that seals cookies and form tokens, encrypted. In the database, so that all nodes share one sign-in.</summary>
public sealed class ProtectionKey
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public string Xml { get; set; } = "";
}

internal sealed class ProtectionKeyMap : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> key)
    {
        key.ToTable("access_data_protection");
        key.Property(k => k.Id).ValueGeneratedNever();
    }
}

/// <summary>Keeps the framework's keys in our table. The interface is synchronous; it is asked at start and every few months.</summary>
public sealed class ProtectionKeyRows(Engine engine, IServiceScopeFactory scopes) : IXmlRepository
{
    // By hand: the first page already seals a form token, before the model of the database is worked out.
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = engine.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select xml from access_data_protection order by id";
        using var rows = command.ExecuteReader();
        var keys = new List<XElement>();
        while (rows.Read()) keys.Add(XElement.Parse(rows.GetString(0)));
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName) => Task.Run(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true);
        db.Set<ProtectionKey>().Add(new ProtectionKey { Id = Ids.New(), Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        await db.SaveAsync();
    }).GetAwaiter().GetResult();
}

/// <summary>The file <c>protection.key</c> in the data folder: 256 random bits, readable by the process's owner only. Without it a copy of the database opens no session.</summary>
public sealed class ProtectionFile(Engine engine)
{
    private readonly Lazy<byte[]> key = new(() => ReadOrMake(Path.Combine(engine.DataFolder, "protection.key")));

    public byte[] Key => key.Value;

    private static byte[] ReadOrMake(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
            var made = RandomNumberGenerator.GetBytes(32);
            file.Write(made);
            return made;
        }
        catch (IOException) when (File.Exists(path))
        {
            var read = File.ReadAllBytes(path); // made before, or a moment ago by another node
            return read.Length == 32 ? read : throw new InvalidDataException("protection.key in the data folder does not hold 32 bytes.");
        }
    }
}

/// <summary>AES-256-GCM under the key file.</summary>
public sealed class ProtectionEncryptor(ProtectionFile file) : IXmlEncryptor
{
    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(file.Key, TagBytes);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(ProtectionDecryptor));
    }
}

/// <summary>Its counterpart; the framework makes it by name, with the services.</summary>
public sealed class ProtectionDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var sealedBytes = Convert.FromBase64String(encryptedElement.Value).AsSpan();
        var plain = new byte[sealedBytes.Length - ProtectionEncryptor.NonceBytes - ProtectionEncryptor.TagBytes];
        using var aes = new AesGcm(services.GetRequiredService<ProtectionFile>().Key, ProtectionEncryptor.TagBytes);
        aes.Decrypt(sealedBytes[..ProtectionEncryptor.NonceBytes], sealedBytes[(ProtectionEncryptor.NonceBytes + ProtectionEncryptor.TagBytes)..],
            sealedBytes.Slice(ProtectionEncryptor.NonceBytes, ProtectionEncryptor.TagBytes), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
