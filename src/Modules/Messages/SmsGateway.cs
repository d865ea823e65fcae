using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>
/// How the company's text-message provider is spoken to over HTTP: one row. The body is a template with <c>{to}</c>, <c>{text}</c> and
/// <c>{id}</c>, JSON when it begins with a brace, else a form. <c>{id}</c> is ours and the same for every try.
/// </summary>
public sealed class SmsGateway : ICompanyOwned, IVersioned
{
    public const int UrlMax = 400;
    public const int BodyMax = 2000;
    public const int WordMax = 100;
    public const int SecretMax = 500;

    /// <summary>A body that many providers understand in this or a similar form.</summary>
    public const string UsualBody = """{"mobile":"{to}","content":"{text}","reference":"{id}"}""";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public string Url { get; set; } = "";
    /// <summary>Name of the header that carries the secret; empty: none.</summary>
    public string Header { get; set; } = "";
    /// <summary>Protected by data protection, purpose <see cref="SmsChannel.Purpose"/>; empty: none.</summary>
    public string Secret { get; set; } = "";
    public string Body { get; set; } = UsualBody;
    /// <summary>Where in a JSON answer stands whether it was taken (<c>code</c>, <c>data.status</c>); empty: the HTTP status says it.</summary>
    public string OkPath { get; set; } = "";
    public string OkValue { get; set; } = "";
    /// <summary>Where the provider's own number stands; empty: none.</summary>
    public string IdPath { get; set; } = "";
    /// <summary>The provider takes a message with the same <c>{id}</c> only once: what is unknown may be asked again.</summary>
    public bool Dedupes { get; set; }
    public int Version { get; set; }

    public bool IsJson => Body.TrimStart().StartsWith('{') || Body.TrimStart().StartsWith('[');

    /// <summary>The body of one message.</summary>
    public string Fill(string to, string text, string id)
    {
        Func<string, string> written = IsJson ? value => JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() : Uri.EscapeDataString;
        // In one pass: a customer's words that look like a field stay words.
        var filled = new StringBuilder();
        for (var i = 0; i < Body.Length; i++)
        {
            var (field, value) = At(i, "{to}") ? ("{to}", to) : At(i, "{text}") ? ("{text}", text) : At(i, "{id}") ? ("{id}", id) : ("", "");
            if (field.Length == 0) filled.Append(Body[i]);
            else
            {
                filled.Append(written(value));
                i += field.Length - 1;
            }
        }

        return filled.ToString();
    }

    private bool At(int place, string field) => string.CompareOrdinal(Body, place, field, 0, field.Length) == 0;

    /// <summary>The word at a place of a JSON answer; null: it is not there, or this is no JSON.</summary>
    public static string? Read(string json, string path)
    {
        if (path.Length == 0) return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var at = document.RootElement;
            foreach (var step in path.Split('.'))
            {
                if (at.ValueKind == JsonValueKind.Array && int.TryParse(step, out var n) && n >= 0 && n < at.GetArrayLength()) at = at[n];
                else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at)) return null;
            }

            return at.ToString();
        }
        catch (JsonException)
        {
            return null; // what they said makes no sense: nobody can say what became of it
        }
    }
}

internal sealed class SmsGatewayMap : IEntityTypeConfiguration<SmsGateway>
{
    public void Configure(EntityTypeBuilder<SmsGateway> gateway)
    {
        gateway.ToTable("messages_gateway");
        gateway.Ignore(g => g.IsJson);
    }
}
