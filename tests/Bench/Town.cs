using System.Diagnostics;
using System.Globalization;
using Huitou.Customers;
using Huitou.Kernel;

namespace Huitou.Bench;

/// <summary>
/// A firm with so many customers, each with search words, a phone, two lines of timeline, and three to seven purchases over two
/// years, five on average. The firm comes by the product's own doors, the mass by COPY; everything follows from the number.
/// </summary>
public sealed class Town
{
    // search.sql reckons names and numbers the same way.
    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷";
    private const string Letters = "伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚桂英建华志海燕晓东丽文俊雨欣子涵思远佳怡浩然梦瑶宇航雅婷国庆秀兰春梅小龙嘉豪一鸣玉红永金凤少美琳";
    private static readonly string[] Models = ["HUAWEI Mate 70", "HUAWEI Pura 70", "小米 15", "小米 14", "OPPO Reno13", "vivo X200", "荣耀 Magic7", "Redmi Note 14"];

    public required Cluster Cluster { get; init; }
    public required string Database { get; init; }
    public required int Customers { get; init; }
    public required Firm Firm { get; init; }

    public Engine Engine => Firm.Engine;
    public Company Company => Firm.Company;
    public string Super => Cluster.Super(Database);

    public static Guid CustomerId(int n) => new($"01900000-0000-7000-8000-{n:x12}");

    /// <summary>360,000 names.</summary>
    public static string NameOf(int n)
    {
        var (surname, letters) = (Surnames.Length, Letters.Length);
        return $"{Surnames[n % surname]}{Letters[n / surname % letters]}{Letters[n / (surname * letters) % letters]}";
    }

    /// <summary>138 and eight digits; the last four are spread over all customers.</summary>
    public static string PhoneOf(int n) => "138" + (10_000_000 + n * 7919L % 90_000_000).ToString(CultureInfo.InvariantCulture);

    public static string NumberOf(int n) => Numbers.Format("KH", 2024, n);

    /// <summary>A new database with schema, company and people; no customers yet.</summary>
    public static async Task<Town> FoundAsync(Cluster cluster, string database, int customers) =>
        new() { Cluster = cluster, Database = database, Customers = customers, Firm = await Firm.FoundAsync(await cluster.CreateAsync(database)) };

    /// <summary>Fills it.</summary>
    /// <param name="sales">Only what a month's plan reads: customers and what they bought; no search words, things owned, consents, owners before, timeline.</param>
    public async Task FillAsync(bool sales = false)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var copy = await Copy.OpenAsync(Super);
        var numbers = Enumerable.Range(1, Customers);
        var opened = Firm.Today.AddDays(-800);
        DateTime At(int n, int plus = 0) => opened.AddDays(Mix(n, 4) % 790).ToDateTime(new TimeOnly(10 + Mix(n, 5) % 8, Mix(n, 6) % 60), DateTimeKind.Utc).AddHours(plus);
        await copy.WriteAsync("customers_customer", numbers, n =>
        {
            var bought = DateOnly.FromDateTime(At(n));
            return
            [
                ("company_id", Company.Id), ("id", CustomerId(n)), ("number", NumberOf(n)), ("store_id", Firm.StoreIds[n % Firm.Stores]), ("owner_id", Seller(n)), ("name", NameOf(n)), ("phone", PhoneOf(n)),
                ("class", "General"), ("stage", "Buyer"), ("tier", Mix(n, 7) % 10 == 0 ? "Gold" : "None"), ("source", "Sale"), ("birth_year", 1960 + Mix(n, 8) % 45), ("birth_month", 1 + Mix(n, 9) % 12), ("birth_day", 1 + Mix(n, 10) % 28),
                ("collected_by", Seller(n)), ("opened_at", At(n)), ("file_on", bought), ("next_contact_at", n % 3 == 0 ? null : At(n).AddDays(800 - 790 + Mix(n, 11) % 90)), ("next_contact_reason", n % 3 == 0 ? "" : "complaints.next-contact.promise"),
                ("last_contact_at", At(n, 2)), ("last_purchase_on", bought), ("purchase_count", 3 + n % 5), ("quiet_on", bought.AddDays(2 * 730 / (2 + n % 5))), ("purchase_total", (3 + n % 5) * 99_900L), ("device_model", Models[n % Models.Length]), ("replacement_due", bought.AddMonths(30)), ("version", 1),
            ];
        });
        if (!sales) await FillRestAsync(copy, numbers, At);
        await SellAsync(copy, At);
        await using (var super = await Cluster.OpenAsync(Database))
        {
            await super.RunAsync($"insert into kernel_number (company_id, series, year, next) select '{Company.Id}', 'KH', y, {Customers + 1} from generate_series(2024, 2030) y on conflict (company_id, series, year) do update set next = excluded.next");
            await super.RunAsync("vacuum analyze");
            await super.RunAsync("checkpoint");
        }

        Progress.Say($"{Customers:#,0} customers stand in {Database} ({Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s)");
    }

    private async Task FillRestAsync(Copy copy, IEnumerable<int> numbers, Func<int, int, DateTime> at)
    {
        DateTime At(int n, int plus = 0) => at(n, plus);
        var prefix = Company.Number.ToString(CultureInfo.InvariantCulture) + "_";
        await copy.WriteAsync("customers_search", numbers, n =>
            [("company_id", Company.Id), ("id", CustomerId(n)), ("tokens", string.Join(' ', Tokens.Of(new(NameOf(n), NumberOf(n), PhoneOf(n), "", Firm.StoreIds[n % Firm.Stores], Seller(n), [Imei(n)], [])).Select(t => prefix + t)))]);
        await copy.WriteAsync("customers_device", numbers, n =>
        [
            ("company_id", Company.Id), ("id", Id(2, n)), ("customer_id", CustomerId(n)), ("model", Models[n % Models.Length]), ("imei", Imei(n)), ("bought_on", DateOnly.FromDateTime(At(n))), ("currency", "CNY"), ("price", 399_900L),
            ("store_id", Firm.StoreIds[n % Firm.Stores]), ("warranty_end", DateOnly.FromDateTime(At(n)).AddMonths(12)), ("replacement_due", DateOnly.FromDateTime(At(n)).AddMonths(30)), ("version", 1),
        ]);
        await copy.WriteAsync("customers_ownership", numbers, n =>
            [("company_id", Company.Id), ("id", Id(3, n)), ("customer_id", CustomerId(n)), ("owner_id", Seller(n)), ("since", At(n)), ("why", "customers.owner.first")]);
        await copy.WriteAsync("customers_consent", numbers, n =>
            [("company_id", Company.Id), ("id", Id(4, n)), ("customer_id", CustomerId(n)), ("purpose", "FollowUp"), ("given_at", At(n)), ("how", "counter")]);
        await copy.WriteAsync("customers_timeline", Enumerable.Range(1, Customers * 2), n =>
        [
            ("company_id", Company.Id), ("id", Id(5, n)), ("customer_id", CustomerId((n + 1) / 2)), ("at", At((n + 1) / 2, n % 2 * 24)), ("kind", n % 2 == 0 ? "File" : "Note"), ("text_key", n % 2 == 0 ? "customers.timeline.opened" : "customers.timeline.note"), ("args", n % 2 == 0 ? $"[\"{NumberOf((n + 1) / 2)}\"]" : "[]"),
            ("words", n % 2 == 0 ? "" : "想换一部拍照好的手机，月底再来看。"),
        ]);
    }

    private async Task SellAsync(Copy copy, Func<int, int, DateTime> at)
    {
        var batch = Id(6, 0);
        await copy.WriteAsync("goods_product", Enumerable.Range(1, Models.Length), n => [("company_id", Company.Id), ("id", Id(7, n)), ("code", $"M{n:00}"), ("name", Models[n - 1])]);
        // The n-th purchase of every customer; a twelfth of the buyers bought in the last month.
        var sales = Enumerable.Range(1, Customers).SelectMany(n => Enumerable.Range(0, 3 + n % 5).Select(k => (Customer: n, Nth: k)));
        DateTime When((int Customer, int Nth) s) => s.Nth == 0 ? at(s.Customer, 0) : Firm.Today.AddDays(-(1 + Mix(s.Customer, 12 + s.Nth) % 720)).ToDateTime(new TimeOnly(11, 0), DateTimeKind.Utc);
        await copy.WriteAsync("goods_sale", sales, s =>
        [
            ("company_id", Company.Id), ("id", Id(8, s.Customer * 8 + s.Nth)), ("number", $"XS{s.Customer * 8 + s.Nth:00000000}"), ("kind", "Sale"), ("store_id", Firm.StoreIds[s.Customer % Firm.Stores]), ("owner_id", Seller(s.Customer)),
            ("customer_id", CustomerId(s.Customer)), ("at", When(s)), ("sold_on", DateOnly.FromDateTime(When(s))), ("currency", "CNY"), ("amount", 399_900L), ("line_count", 1), ("batch_id", batch), ("version", 1),
        ]);
        await copy.WriteAsync("goods_sale_line", sales, s =>
        [
            ("company_id", Company.Id), ("id", Id(9, s.Customer * 8 + s.Nth)), ("sale_id", Id(8, s.Customer * 8 + s.Nth)), ("line_number", 1), ("content", (long)s.Customer), ("nth", 1), ("product_id", Id(7, 1 + s.Customer % Models.Length)),
            ("quantity", 1L), ("unit_price", 399_900L), ("amount", 399_900L),
        ]);
    }

    private Guid Seller(int n) => Firm.SellerIds[n % Firm.Stores * Firm.Sellers + n / Firm.Stores % Firm.Sellers];

    private static string Imei(int n) => "86" + (1_000_000_000_000L + n).ToString(CultureInfo.InvariantCulture);

    // The middle group tells the tables apart.
    private static Guid Id(int table, int n) => new($"01900000-0000-7{table:x3}-8000-{n:x12}");

    // Spreads numbers evenly and always the same way (SplitMix64).
    private static int Mix(int n, int salt)
    {
        var x = unchecked((ulong)n * 0x9E3779B97F4A7C15 + (ulong)salt * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        return (int)((x ^ (x >> 31)) & 0x7FFFFFFF);
    }
}
