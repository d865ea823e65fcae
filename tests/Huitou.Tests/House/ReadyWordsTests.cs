using System.Data.Common;
using System.Net;
using System.Reflection;
using System.Text.Json;
using Huitou.Approvals;
using Huitou.Approvals.Public;
using Huitou.Care;
using Huitou.Custody;
using Huitou.Kernel;
using Huitou.Tests.Tidiness;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.House;

/// <summary>Rows that ship ready are read in each reader's language until the company writes its own words; what is asked of who approves too.</summary>
public sealed class ReadyWordsTests
{
    private static readonly (string Address, string[] Words)[] Pages =
    [
        ("/custody/retention", ["准顾客", "準顧客", "Prospects"]), ("/custody/retention/classes", ["特殊客户", "特殊客戶", "Special customers"]), ("/custody/penalties", ["档案丢失", "檔案遺失", "File lost"]),
        ("/custody/penalties/new", ["档案损坏", "檔案損壞", "File damaged"]), ("/rules", ["客户信息三不准", "客戶資料三不准", "The three don'ts"]), ("/care/festivals", ["端午", "端午", "Dragon Boat"]),
        ("/care/plans", ["鲜花一束", "鮮花一束", "Flowers"]), ("/custody/notices/templates", ["您的手机已经修好", "您的手機已經修好", "your phone is repaired"]),
    ];

    [Theory, Engines]
    public async Task Ready_rows_are_read_in_the_readers_language(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await ReadyCare.EnsureAsync(db);
            await db.SaveAsync();
            return 0;
        });
        foreach (var (address, words) in Pages)
        {
            for (var i = 0; i < words.Length; i++)
            {
                var page = await Reader(shop, i).OpenAsync(address);
                var shown = page.Text + string.Concat(page.Document.QuerySelectorAll("input").Select(x => x.GetAttribute("value") + "\n"));
                Assert.Contains(words[i], shown, StringComparison.Ordinal);
                Assert.DoesNotMatch(@"\b(custody|care)\.[a-z-]+\.", page.Text);
            }
        }

        var rule = await shop.LookAsync(db => db.Set<HouseRule>().Select(r => r.Id).SingleAsync());
        Assert.Contains("Do not talk about customers in public places", (await Reader(shop, 2).OpenAsync($"/rules/{rule}")).Text, StringComparison.Ordinal);
        Assert.Contains("不准在公共場所談論", (await Reader(shop, 1).OpenAsync($"/rules/{rule}/edit")).Document.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        foreach (var (address, field, word) in new[] { ("/api/v1/retention-classes", "title", "Prospects"), ("/api/v1/penalties/scale", "title", "File lost"), ("/api/v1/notice-templates", "title", "Your phone is ready"), ("/api/v1/rules", "title", "The three don'ts"), ("/api/v1/care/festivals", "name", "Mid-Autumn"), ("/api/v1/care/plans", "gift", "Birthday cake") })
        {
            var (status, rows, _) = await Reader(shop, 2).ApiAsync(HttpMethod.Get, address);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains(word, rows.EnumerateArray().Select(r => r.GetProperty(field).GetString()));
        }
    }

    [Theory, Engines]
    public async Task Edited_they_are_the_companys_own_words_for_everybody(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await ReadyCare.EnsureAsync(db);
            await db.SaveAsync();
            return 0;
        });
        Task<string> Title() => shop.LookAsync(db => db.Set<RetentionClass>().Where(c => c.Key == "prospect").Select(c => c.Title).SingleAsync());

        // Saved as it is shown in English nothing is renamed, though the months are.
        Assert.Equal(HttpStatusCode.SeeOther, (await (await Reader(shop, 2).OpenAsync("/custody/retention/classes")).SubmitAsync("class-prospect", ("In.Months", "30"))).Status);
        Assert.Equal("custody.class.prospect", await Title());
        var template = await shop.LookAsync(db => db.Set<NoticeTemplate>().Where(t => t.Kind == NoticeKind.Notify).Select(t => t.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.SeeOther, (await (await Reader(shop, 1).OpenAsync("/custody/notices/templates")).SubmitAsync("template-" + template, ("In.Title", "可以取機了"))).Status);
        Assert.Equal(("可以取機了", "custody.notice.ready.Notify.words"), await shop.LookAsync(async db => await db.Set<NoticeTemplate>().Where(t => t.Id == template).Select(t => new ValueTuple<string, string>(t.Title, t.Words)).SingleAsync()));

        Assert.Equal(HttpStatusCode.SeeOther, (await (await Reader(shop, 2).OpenAsync("/custody/retention/classes")).SubmitAsync("class-prospect", ("In.Title", "Walk-ins"))).Status);
        var festival = await shop.LookAsync(db => db.Set<Festival>().Where(f => f.Name == "care.festival.ready.dragon-boat").Select(f => f.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.SeeOther, (await (await Reader(shop, 2).OpenAsync($"/care/festivals?edit={festival}")).SubmitAsync("festival", ("In.Name", "Duanwu"))).Status);
        for (var i = 0; i < Texts.Languages.Length; i++)
        {
            Assert.Contains("Walk-ins", (await Reader(shop, i).OpenAsync("/custody/retention")).Text, StringComparison.Ordinal);
            Assert.Contains("Duanwu", (await Reader(shop, i).OpenAsync("/care/festivals")).Text, StringComparison.Ordinal);
        }

        // By the machine door: the ready words of any language are no renaming, others are.
        Assert.Equal(HttpStatusCode.NoContent, (await Reader(shop, 0).ApiAsync(HttpMethod.Put, "/api/v1/retention-classes/buyer", new { title = "General customers", months = 60 })).Status);
        Assert.Equal("custody.class.buyer", await shop.LookAsync(db => db.Set<RetentionClass>().Where(c => c.Key == "buyer").Select(c => c.Title).SingleAsync()));
    }

    [Theory, Engines]
    public async Task Rows_of_companies_made_before_are_carried_over_where_nobody_edited_them(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await ReadyCare.EnsureAsync(db);
            foreach (var c in await db.Set<RetentionClass>().AsTracking().ToListAsync()) c.Title = c.Key == "prospect" ? "准顾客" : "老客户";
            foreach (var f in await db.Set<Festival>().AsTracking().Where(f => f.Name.EndsWith("spring")).ToListAsync()) f.Name = "春节";
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            foreach (var module in new[] { typeof(RetentionClass).Assembly, typeof(Festival).Assembly })
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
                command.CommandText = Migration(module);
                await command.ExecuteNonQueryAsync();
            }

            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(["custody.class.prospect", "老客户", "老客户"], (await shop.LookAsync(db => db.Set<RetentionClass>().Select(c => c.Title).ToListAsync())).Order(StringComparer.Ordinal));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Festival>().CountAsync(f => f.Name == "care.festival.ready.spring")));
    }

    [Theory, Engines]
    public async Task What_is_asked_is_said_in_the_language_of_who_decides(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var form = await Reader(shop, 0).OpenAsync("/rules/new");
        await form.SubmitAsync("write", ("In.Title", "档案制度"), ("In.InForceOn", "2026-11-22"), ("In.Places", "/custody"), ("In.Words", "第一条 妥善保管。"));
        var request = await shop.LookAsync(db => db.Set<ApprovalRequest>().SingleAsync());
        Assert.Equal("custody.rule.summary", request.Summary);
        foreach (var (language, words) in new[] { ("zh-CN", "制度《档案制度》第 1 版"), ("en", "House rule 档案制度, edition 1") })
        {
            Browser Decider() => shop.As("general-manager").With("Accept-Language", language);
            Assert.Contains(words, (await Decider().OpenAsync("/approvals")).Text, StringComparison.Ordinal);
            Assert.Contains(words, (await Decider().OpenAsync($"/approvals/{request.Id}")).Text, StringComparison.Ordinal);
            var (_, rows, _) = await Decider().ApiAsync(HttpMethod.Get, "/api/v1/approvals");
            Assert.Equal(words, Assert.Single(rows.EnumerateArray()).GetProperty("summary").GetString());
            Assert.False(rows[0].TryGetProperty("summaryArgs", out JsonElement _));
            Assert.Equal(words, (await Decider().ApiAsync(HttpMethod.Get, $"/api/v1/approvals/{request.Id}")).Body.GetProperty("approval").GetProperty("summary").GetString());
        }

        // What was erased goes out of the values too.
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<ApprovalWords>().ForgetAsync([request.SubjectId]);
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal("", await shop.LookAsync(db => db.Set<ApprovalRequest>().Select(r => r.Summary + r.SummaryArgs).SingleAsync()));
    }

    /// <summary>Whatever a module puts into a new company: nothing of it is words of one language only. Role names are told apart by their ready words (<see cref="Access.RoleNamesTests"/>).</summary>
    [Theory, Engines]
    public async Task A_new_company_holds_keys_and_no_words_of_one_language(string engine)
    {
        var host = await TestHost.OfAsync(engine);
        var company = (await Shop.OpenAsync(host)).Company;
        await host.InAsync(company, async (_, db) =>
        {
            await ReadyCare.EnsureAsync(db);
            await db.SaveAsync();
            return 0;
        });
        await using DbConnection connection = host.Engine.IsPostgres ? new NpgsqlConnection(host.Engine.OwnerConnectionString) : new SqliteConnection(host.Engine.OwnerConnectionString);
        await connection.OpenAsync();
        var columns = await ReadAsync(connection, host.Engine.IsPostgres
            ? "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE' where c.table_schema = 'public' and c.data_type = 'text' and exists (select 1 from information_schema.columns k where k.table_schema = 'public' and k.table_name = c.table_name and k.column_name = 'company_id')"
            : "select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p on lower(p.type) = 'text' where m.type = 'table' and exists (select 1 from pragma_table_info(m.name) k where k.name = 'company_id')");
        var wrong = new List<string>();
        // How goods are named in the shop's own list is looked for in every language at once: no words for a reader.
        foreach (var (table, column) in columns.Where(c => c.Item1 is not ("access_role" or "access_store" or "staff_member") && c is not ("care_offer_rule", "bought" or "lacks")))
        {
            foreach (var (words, _) in await ReadAsync(connection, $"select distinct \"{column}\", '' from {table} where company_id = @company and \"{column}\" <> ''", company.Id))
            {
                if (words.Any(c => c is >= '\u3400' and <= '\u9fff')) wrong.Add($"{table}.{column}: {words}");
            }
        }

        Source.Hold(columns.Count, wrong, "columns of text");
    }

    private static async Task<List<(string, string)>> ReadAsync(DbConnection connection, string sql, Guid? company = null)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (company is { } id)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("company", id);
            command.Parameters.Add(parameter);
        }

        var rows = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    private static Browser Reader(Shop shop, int language) => shop.As("administrator").With("Accept-Language", Texts.Languages[language]);

    private static string Migration(Assembly module)
    {
        using var stream = module.GetManifestResourceStream("0040_ready.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
