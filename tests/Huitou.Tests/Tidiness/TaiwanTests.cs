using System.Text;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Tidiness;

/// <summary>Traditional Chinese is written as it is written in Taiwan: no simplified letters, no words that are said on the mainland only.</summary>
public sealed partial class TaiwanTests
{
    // Simplified letters that Big5 holds too, as the old forms of others.
    private const string Simplified = "个体机万无与号礼双乱尔虫归迁听厂广产离胜弥画还来过柜范于占叶卜伙划岩帘斗朴杰洒痒症猎硷窃篱纤胡蜡适郁酬隶云几么后";

    // What is said on the mainland, and what is said here.
    private static readonly (string Not, string But)[] Words =
    [
        ("信息", "資訊、資料"), ("短信", "簡訊"), ("短訊", "簡訊"), ("視頻", "影片"), ("屏幕", "螢幕"), ("軟件", "軟體"), ("硬件", "硬體"), ("網絡", "網路"), ("登錄", "登入"), ("賬", "帳"), ("用戶", "使用者"), ("默認", "預設"),
        ("文件夾", "資料夾"), ("服務器", "伺服器"), ("數據庫", "資料庫"), ("打印", "列印"), ("鼠標", "滑鼠"), ("界面", "畫面、介面"), ("程序", "程式"), ("鏈接", "連結"), ("搜索", "搜尋"), ("查找", "尋找"), ("設置", "設定"), ("粘貼", "貼上"),
        ("導入", "匯入"), ("導出", "匯出"), ("刷新", "重新整理"), ("加載", "載入"), ("激活", "啟用"), ("二維碼", "QR 碼"), ("點擊", "點"), ("緩存", "快取"), ("內存", "記憶體"), ("硬盤", "硬碟"), ("智能", "智慧"), ("實時", "即時"), ("在線", "線上"),
        ("消息", "訊息"), ("質保", "保固"), ("保修", "保固"), ("端口", "連接埠"), ("接口", "介面"), ("字節", "位元組"), ("字符", "字元"), ("計算機", "電腦"), ("光標", "游標"), ("創建", "建立"), ("隊列", "佇列"), ("渠道", "管道"), ("反饋", "回饋"),
        ("概率", "機率"), ("置信", "信賴"), ("身份", "身分"), ("門店", "門市"), ("密鑰", "金鑰"), ("自定義", "自訂"), ("列表", "清單"), ("日志", "日誌"), ("匯總", "彙總"), ("聯繫", "聯絡"), ("審批", "簽核"), ("甚麼", "什麼"), ("櫃檯", "櫃台"), ("准客戶", "準客戶"),
        ("啓", "啟"), ("裏", "裡"), ("着", "著"), ("綫", "線"), ("羣", "群"), ("爲", "為"), ("寬帶", "寬頻"), ("錄入", "輸入"), ("存儲", "儲存"), ("演示", "示範"), ("“", "「"), ("”", "」"),
    ];

    [Fact]
    public async Task Words_for_Taiwan_are_those_of_Taiwan()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var big5 = Encoding.GetEncoding(950, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        // The heads of other people's sheets are matched in whichever words they come.
        var all = texts.All.Where(t => !t.Key.Contains(".headers.", StringComparison.Ordinal)).Select(t => (t.Key, Text: t.Value[1]))
            .Concat(Source.Files("src", "Templates.json").SelectMany(f => Traditional().Matches(File.ReadAllText(f)).Select(m => (Key: Source.Relative(f), Text: Regex.Unescape(m.Groups[1].Value))))).ToList();
        var wrong = new List<string>();
        foreach (var (key, text) in all)
        {
            var letters = text.Where(c => c is >= '\u3400' and <= '\u9fff' && (Simplified.Contains(c, StringComparison.Ordinal) || big5.GetString(big5.GetBytes([c])) == "?")).Distinct().ToArray();
            if (letters.Length > 0) wrong.Add($"{key}: simplified {new string(letters)} in {text}");
            if (Inside().IsMatch(text)) wrong.Add($"{key}: 里 for 裡 in {text}");
            wrong.AddRange(Words.Where(w => text.Contains(w.Not, StringComparison.Ordinal)).Select(w => $"{key}: {w.Not}, better {w.But}, in {text}"));
        }

        Source.Hold(all.Count, wrong, "words as they are said in Taiwan");
    }

    [GeneratedRegex(@"(?<![公英海鄰阿百千萬故])里(?!程)")]
    private static partial Regex Inside();

    [GeneratedRegex(@"""tw"":\s*""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Traditional();
}
