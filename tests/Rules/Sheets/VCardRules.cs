using System.Text;
using Huitou.Sheets.Public;
using Xunit;

namespace Huitou.Rules.Sheets;

/// <summary>Cards of an address book, as phones and Outlook write them.</summary>
public sealed class VCardRules : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    private List<Dictionary<string, string>> Read(string text, string encoding = "utf-8")
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        File.WriteAllBytes(path, Encoding.GetEncoding(encoding).GetBytes(text));
        Assert.Equal(SheetKind.VCard, SheetReader.Detect(path).Kind);
        var rows = SheetReader.Read(path).Select(r => r.Cells).ToList();
        return [.. rows.Skip(1).Select(r => rows[0].Zip(r).ToDictionary(p => p.First, p => p.Second))];
    }

    [Fact]
    public void A_phone_here_writes_names_quoted_in_its_own_letters()
    {
        var name = string.Concat(Encoding.UTF8.GetBytes("李雪琴").Select(b => $"={b:X2}"));
        var card = Assert.Single(Read($"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{name[..9]}=\r\n{name[9..]};;;;\r\nTEL;CELL;PREF:138-7316-6720\r\nTEL;HOME:0731-8888 1234\r\nEND:VCARD\r\n"));
        Assert.Equal(("李雪琴", "138-7316-6720", "0731-8888 1234"), (card["name"], card["phone"], card["phone-2"]));
    }

    [Fact]
    public void A_property_may_be_in_GBK_and_the_whole_file_too()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var quoted = string.Concat(Encoding.GetEncoding("gb18030").GetBytes("周志远").Select(b => $"={b:X2}"));
        Assert.Equal("周志远", Assert.Single(Read($"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:{quoted}\nEND:VCARD"))["name"]);
        Assert.Equal("邓建国", Assert.Single(Read("BEGIN:VCARD\nVERSION:3.0\nFN:邓建国\nEND:VCARD", "gb18030"))["name"]);
        Assert.Equal("邓建国", Assert.Single(Read("\uFEFFBEGIN:VCARD\nVERSION:3.0\nFN:邓建国\nEND:VCARD", "utf-16"))["name"]);
    }

    [Fact]
    public void Version_four_writes_numbers_as_addresses_and_days_without_year()
    {
        var card = Assert.Single(Read("BEGIN:VCARD\nVERSION:4.0\nFN:Simon Perreault\nBDAY:--0203\nTEL;VALUE=uri;TYPE=\"work,voice\":tel:+1-418-656-9254;ext=102\nTEL;VALUE=uri;TYPE=\"cell\":tel:+1-418-262-6501\nADR;TYPE=work:;Suite D2;2875 Laurier;\n Quebec;QC;G1V 2M2;Canada\nNOTE:a\\, b\\nc\nEND:VCARD"));
        Assert.Equal(("Simon Perreault", "+1-418-262-6501", "02-03"), (card["name"], card["phone"], card["birthday"]));
        Assert.Equal("Suite D2, 2875 Laurier, Quebec, QC, G1V 2M2, Canada", card["address"]);
        Assert.Equal("a, b\nc", card["note"]);
    }

    [Fact]
    public void Pictures_groups_doubled_lines_and_cards_within_cards_do_no_harm()
    {
        var cards = Read("BEGIN:VCARD\r\r\nVERSION:3.0\r\r\nN:Doe;John;;;\r\r\nitem1.TEL;type=pref:555 1111\r\r\nTEL;type=FAX:555 2222\r\r\nPHOTO;ENCODING=b:AAAA\r\r\n BBBB\r\r\nAGENT:BEGIN:VCARD\\nFN:x\\nEND:VCARD\r\r\nEND:VCARD\r\r\nBEGIN:VCARD\r\nEMAIL:a@b.cn\r\nEND:VCARD\r\n");
        Assert.Equal(2, cards.Count);
        Assert.Equal(("John Doe", "555 1111", ""), (cards[0]["name"], cards[0]["phone"], cards[0]["phone-2"]));
        Assert.Equal("a@b.cn", cards[1]["email"]);
    }
}
