using System.Data.Common;
using System.Text;
using Huitou.Complaints.Public;
using Huitou.Custody;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Sheets;
using Huitou.Surveys.Public;
using Huitou.Tests.Goods;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Customers;

/// <summary>B14: after erasure the person stands in no table and no file, totals stay, and a restored old copy is erased again.</summary>
public sealed class ErasureTests
{
    /// <summary>Stands in every text that is planted; nothing else in the world has it.</summary>
    private const string Mark = "抹除标记甲乙丙";
    private const string Phone = "13873199271";
    // A number no other test uses: the whole database is searched for it.
    private const string Imei = "867539024186354";

    /// <summary>Words of ours (keys, states, channels), not of persons: they need not go. Everything else that is text is planted.</summary>
    private static readonly string[] OurWords =
    [
        "rule_key", "text_key", "href", "kind", "channel", "origin", "why", "how", "purpose", "purpose_key", "what_key", "once_key", "about", "way", "outcome", "state", "step", "currency", "error_key", "media_type", "number", "receipt", "result_key", "clock", "role_key",
        "major_reason", "direction", "grade", "cause", "verdict", "stage", "next_contact_reason", "preferred_channel", "reason_key", "args", "sha256", "act", "method", "class", "level", "place", "template_key", "provider_code", "wanted",
        "complaints_complaint.category", "complaints_complaint.reason", "complaints_complaint.guide", "complaints_complaint.mood", "complaints_complaint.merged_state", // keys of the shop's rules, a state
        "identity", "file_number", "outsider_paper", "choice_tier", "scale_key", "external_key",
    ];

    [Theory, Engines]
    public async Task The_person_stands_nowhere_any_more_and_totals_stay(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (customer, file) = await FillAsync(shop);
        var planted = await PlantAsync(shop, customer);
        Assert.True(planted.Count >= 40, "Planted only in " + string.Join(", ", planted));
        var before = await FindAsync(shop, "抹除标记");
        Assert.True(before.Tables > 40, $"The schema has only {before.Tables} tables with text: the search is off.");
        Assert.NotEmpty(before.Found);
        Assert.True(file is null || File.Exists(file));
        var totals = await TotalsAsync(shop);

        var open = await shop.Host.InAsync(shop.Company, async (services, _) => await services.GetRequiredService<Erasure>().WhyNotAsync(customer));
        Assert.Contains(open, o => o.TextKey == "complaints.hold.case" && o.Count == 1);
        Assert.Contains(open, o => o.TextKey == "complaints.hold.promise" && o.Count == 1);

        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([customer]));
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();

        foreach (var word in new[] { "抹除标记", Phone, Imei, "mobiaoji", "\\u62B9\\u9664" })
        {
            var after = await FindAsync(shop, word);
            Assert.True(after.Found.Count == 0, $"{word} still stands in {string.Join(", ", after.Found)}");
        }

        Assert.False(file is not null && File.Exists(file), "The attachment's content is still there.");
        Assert.DoesNotContain(Directory.EnumerateFiles(shop.Host.Engine.DataFolder, "*", SearchOption.AllDirectories).Where(f => !f.Contains("huitou.db", StringComparison.Ordinal)),
            f => Encoding.UTF8.GetString(File.ReadAllBytes(f)).Contains("抹除标记", StringComparison.Ordinal));
        Assert.Equal(totals, await TotalsAsync(shop));

        // Nobody finds it, the page is gone, the number is kept.
        var manager = shop.As("store-manager");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await manager.GetAsync($"/customers/{customer}")).StatusCode);
        Assert.DoesNotContain("抹除标记", (await manager.OpenAsync($"/customers?q={Phone[^4..]}")).Text, StringComparison.Ordinal);
        Assert.StartsWith("KH-", await shop.LookAsync(db => db.Set<Customer>().IgnoreQueryFilters([Customer.ErasedFilter]).Where(c => c.Id == customer).Select(c => c.Name).SingleAsync()), StringComparison.Ordinal);
        // Twice is once.
        Assert.Equal(0, await shop.Host.InAsync(shop.Company, async (services, _) => await services.GetRequiredService<Erasure>().EraseAsync([customer])));
    }

    [Fact]
    public async Task Nothing_of_the_name_is_left_in_the_bytes_of_the_file()
    {
        await using var host = await TestHost.StartAsync(EnginesAttribute.Sqlite);
        var shop = await Shop.OpenAsync(host);
        const string Name = "龘靐齉";
        var customer = await shop.CustomerAsync(Name, Phone);
        for (var i = 0; i < 30; i++) await shop.CustomerAsync($"旁人{i}", $"1387319{3000 + i}");
        // Tokens share beginnings in the index: one character of it, which nobody else has, is enough to find it by.
        var words = new[] { "靐齉", "齉", Phone }.Select(Encoding.UTF8.GetBytes).ToArray();
        Assert.Contains(Bytes(host), b => b.AsSpan().IndexOf(words[0]) >= 0);
        await host.InAsync(shop.Company, async (services, db) =>
        {
            Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([customer]));
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Due>().CountAsync(d => d.Kind == "customers.wipe-traces")));
        foreach (var word in words) Assert.DoesNotContain(Bytes(host), b => b.AsSpan().IndexOf(word) >= 0);
        // The rest is found as before.
        Assert.Contains("旁人7", (await shop.As("general-manager").OpenAsync("/customers?q=旁人7")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Of_the_sources_of_imports_only_those_that_hold_the_person_go(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        host.Clock.MeasuresNothing = true; // what is not looked through in time goes as well
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("欧阳抹除", "13873199281");
        var folder = Path.Combine(host.Engine.DataFolder, "imports");
        Directory.CreateDirectory(folder);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var book = new MemoryStream();
        await using (var sheet = Huitou.Sheets.Public.SheetWriter.Xlsx(book, "名单"))
        {
            foreach (var row in new string[][] { ["姓名", "电话"], ["旁人", "138 7319 9281"] }) await sheet.WriteAsync(row);
            await sheet.FinishAsync();
        }

        var sources = new (string Name, byte[] Content, bool Holds)[]
        {
            ("by-name.csv", Encoding.UTF8.GetBytes("姓名,手机\n欧阳 抹除,\n"), true),
            ("by-number.csv", Encoding.UTF8.GetBytes("姓名,区号,电话\n别人,138,7319-9281\n"), true),
            ("gbk.csv", Encoding.GetEncoding("gb18030").GetBytes("姓名,手机\n欧阳抹除,13900000001\n"), true),
            ("book.xlsx", book.ToArray(), true),
            ("card.vcf", Encoding.UTF8.GetBytes("BEGIN:VCARD\nVERSION:3.0\nFN:老王\nTEL:13900000002\nTEL:13900000003\nTEL:+86 138-7319-9281\nEND:VCARD\n"), true),
            ("others.csv", Encoding.UTF8.GetBytes("姓名,手机\n欧阳,13873199282\n抹除,13900000004\n"), false),
            ("draft.csv", Encoding.UTF8.GetBytes("姓名,手机\n甲,13900000005\n"), false),
        };
        var ids = new List<Guid>();
        foreach (var (name, content, _) in sources)
        {
            var id = Ids.New();
            ids.Add(id);
            await File.WriteAllBytesAsync(Path.Combine(folder, id.ToString("N")), content);
            await host.InAsync(shop.Company, async (_, db) =>
            {
                db.Set<Import>().Add(new Import { Id = id, Kind = "customers", FileName = name, Sha256 = "", Size = content.Length, Format = System.Text.Json.JsonSerializer.Serialize(Huitou.Sheets.Public.SheetReader.Detect(Path.Combine(folder, id.ToString("N")))), CreatedAt = TestHost.Start.UtcDateTime });
                await db.SaveAsync();
                await db.BeginAsync(true);
                if (!name.StartsWith("draft", StringComparison.Ordinal)) await db.Set<Import>().Where(i => i.Id == id).ExecuteUpdateAsync(s => s.SetProperty(i => i.State, ImportState.Done));
                await db.SaveAsync();
                return 0;
            });
        }

        await host.InAsync(shop.Company, async (services, db) =>
        {
            Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([customer]));
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        foreach (var ((name, _, holds), id) in sources.Zip(ids)) Assert.True(holds != File.Exists(Path.Combine(folder, id.ToString("N"))), name);
        // The figures of all stay; nobody's draft is thrown away for nothing.
        Assert.Equal(sources.Length, await shop.LookAsync(db => db.Set<Import>().CountAsync()));
    }

    [Theory, Engines]
    public async Task On_PostgreSQL_the_tables_are_vacuumed_after_it(string engine)
    {
        if (engine != EnginesAttribute.Postgres) return; // what SQLite does is the test above
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync("龘靐齉", Phone);
        await host.InAsync(shop.Company, async (services, db) =>
        {
            Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([customer]));
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Due>().CountAsync(d => d.Kind == "customers.wipe-traces")));
        await using var connection = (NpgsqlConnection)host.Engine.ConnectAsOwner();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from pg_stat_user_tables where relname in ('customers_customer', 'customers_search', 'customers_timeline', 'messages_message') and vacuum_count > 0";
        Assert.Equal(4L, await command.ExecuteScalarAsync());
    }

    private static List<byte[]> Bytes(TestHost host)
    {
        while (true)
        {
            try
            {
                return [.. Directory.EnumerateFiles(host.Engine.DataFolder, "huitou.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)).Select(f =>
                {
                    using var file = new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    using var memory = new MemoryStream();
                    file.CopyTo(memory);
                    return memory.ToArray();
                })];
            }
            catch (FileNotFoundException)
            {
                // The journal went with the last connection, its pages into the file that was read before it: once more from the start.
            }
        }
    }

    [Theory, Engines]
    public async Task A_restored_old_copy_is_erased_again_and_without_its_ledger_not_served(string engine)
    {
        var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var customer = await shop.CustomerAsync(Mark, Phone);
        var other = await shop.CustomerAsync("王五", "13873199272");
        var ledger = host.Services.GetRequiredService<ErasureLedger>().Path;
        var copy = await CopyAsync(host);

        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            await services.GetRequiredService<Erasure>().EraseAsync([customer]);
            await db.SaveAsync();
            return 0;
        });

        // The copy from before, with today's ledger: erased again at the start, others untouched, and a second start finds nothing to do.
        await using (var restored = await TestHost.StartAsync(engine, over: copy))
        {
            File.Copy(ledger, restored.Services.GetRequiredService<ErasureLedger>().Path, overwrite: true);
            Assert.Equal(Mark, await NameAsync(restored, shop.Company, customer));
            Assert.Null(await restored.Services.GetRequiredService<IEnumerable<IBeforeServing>>().OfType<KeepErased>().Single().PrepareAsync(default));
            Assert.StartsWith("KH-", await NameAsync(restored, shop.Company, customer), StringComparison.Ordinal);
            Assert.Equal("王五", await NameAsync(restored, shop.Company, other));
            Assert.Null(await restored.Services.GetRequiredService<IEnumerable<IBeforeServing>>().OfType<KeepErased>().Single().PrepareAsync(default));

            // Cut off, changed or missing: it says so and does not serve.
            var own = restored.Services.GetRequiredService<ErasureLedger>().Path;
            var whole = await File.ReadAllLinesAsync(own, TestContext.Current.CancellationToken);
            await File.WriteAllLinesAsync(own, whole[..^1], TestContext.Current.CancellationToken);
            Assert.Contains("ledger", await restored.Services.GetRequiredService<IEnumerable<IBeforeServing>>().OfType<KeepErased>().Single().PrepareAsync(default), StringComparison.Ordinal);
            await File.WriteAllLinesAsync(own, [.. whole[..^1], whole[^1].Replace(customer.ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase)], TestContext.Current.CancellationToken);
            Assert.Contains("changed", await restored.Services.GetRequiredService<IEnumerable<IBeforeServing>>().OfType<KeepErased>().Single().PrepareAsync(default), StringComparison.Ordinal);
            File.Delete(own);
            Assert.Contains("missing", await restored.Services.GetRequiredService<IEnumerable<IBeforeServing>>().OfType<KeepErased>().Single().PrepareAsync(default), StringComparison.Ordinal);
            Assert.Equal("王五", await NameAsync(restored, shop.Company, other));
        }

        await host.DisposeAsync();
    }

    private static Task<string> NameAsync(TestHost host, Company company, Guid customer) =>
        host.InAsync(company, (_, db) => db.Set<Customer>().IgnoreQueryFilters([Customer.ErasedFilter]).Where(c => c.Id == customer).Select(c => c.Name).SingleAsync());

    // A backup as an operator makes it: the database alone.
    private static async Task<Engine> CopyAsync(TestHost host)
    {
        var folder = Directory.CreateTempSubdirectory("huitou-test-").FullName;
        if (host.Engine.IsSqlite)
        {
            await using var connection = new SqliteConnection(host.Engine.ConnectionString);
            await connection.OpenAsync();
            await using var into = connection.CreateCommand();
            into.CommandText = $"vacuum into '{Path.Combine(folder, "huitou.db")}'";
            await into.ExecuteNonQueryAsync();
            return Engine.Sqlite(folder);
        }

        var of = new NpgsqlConnectionStringBuilder(host.Engine.ConnectionString).Database!;
        var server = Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES")!;
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync();
            for (var attempt = 0; ; attempt++)
            {
                await using (var pooled = new NpgsqlConnection(host.Engine.ConnectionString)) NpgsqlConnection.ClearPool(pooled);
                await using var end = new NpgsqlCommand($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{of}'", connection);
                await using var create = new NpgsqlCommand($"create database {of}c template {of}", connection);
                try
                {
                    await end.ExecuteNonQueryAsync();
                    await create.ExecuteNonQueryAsync();
                    break;
                }
                catch (PostgresException) when (attempt < 5)
                {
                    await Task.Delay(200);
                }
            }
        }

        File.Copy(Path.Combine(host.Engine.DataFolder, "database.key"), Path.Combine(folder, "database.key"));
        return Engine.Postgres(
            new NpgsqlConnectionStringBuilder(host.Engine.ConnectionString) { Database = of + "c" }.ConnectionString,
            new NpgsqlConnectionStringBuilder(host.Engine.OwnerConnectionString) { Database = of + "c" }.ConnectionString, folder);
    }

    // A customer with something in every module, written through the modules' own acts.
    private static async Task<(Guid Customer, string? File)> FillAsync(Shop shop)
    {
        var customer = await shop.CustomerAsync(Mark, Phone);
        var other = await shop.CustomerAsync("李四", "13873190002");
        var sale = await shop.SellAsync(customer, new DateOnly(2026, 11, 1));
        var content = Encoding.UTF8.GetBytes("%PDF-1.4 " + Mark);
        var import = Ids.New();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var me = shop.People["representative"].Id;
            await services.GetRequiredService<Devices>().AddAsync(new Device { CustomerId = customer, Model = Mark, Imei = Imei, Serial = "SN-" + Mark, BoughtOn = new DateOnly(2026, 1, 1) });
            db.Set<PersonAround>().AddRange(new PersonAround { CustomerId = customer, Relation = "母亲", Name = Mark + "母" }, new PersonAround { CustomerId = other, Relation = "同事", Name = Mark, Phone = Phone }, new PersonAround { CustomerId = other, Relation = "朋友", Name = Mark, OtherId = customer });
            db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = customer, Name = Mark, At = TestHost.Start.UtcDateTime });
            db.Set<View>().Add(new View { By = me, Name = "找人", Query = "q=" + Uri.EscapeDataString(Mark) });
            services.GetRequiredService<Huitou.Customers.Public.Timeline>().Add(customer, TimelineKind.Note, "customers.timeline.note", [Mark], Mark);
            await services.GetRequiredService<CustomerSearch>().PutAsync(await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == customer));
            var complaint = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, null, Mark + "说修了三次", Mark, "counter", "", me))).Id;
            await db.SaveChangesAsync();
            await services.GetRequiredService<Promises>().AddAsync(customer, complaint, Mark, TestHost.Start.UtcDateTime.AddDays(3), me);
            services.GetRequiredService<Ratings>().Record(new RatingGiven(customer, shop.First.Id, me, Rating.Handling, complaint, 2, Mark, TestHost.Start.UtcDateTime, OneThing: Mark));
            services.GetRequiredService<Messenger>().Send(new Outgoing(customer, Phone, Mark, Mark, "surveys.purpose.rating", null, Ids.New().ToString()));
            db.Set<Import>().Add(new Import { Id = import, Kind = "customers", FileName = Mark + ".xlsx", Sha256 = "", Size = 1, Format = "{}", CreatedAt = TestHost.Start.UtcDateTime });
            db.Set<RefusedRow>().AddRange(
                new RefusedRow { ImportId = import, RowNumber = 1, Reason = "customers.name.missing", Cells = System.Text.Json.JsonSerializer.Serialize(new[] { Mark, "x" }) },
                new RefusedRow { ImportId = import, RowNumber = 2, Reason = "customers.name.missing", Cells = "[\"" + Mark + "\",\"138 7319 9271\"]" },
                new RefusedRow { ImportId = import, RowNumber = 3, Reason = "customers.name.missing", Cells = "[\"别人\"]" });
            await db.SaveAsync();
            return 0;
        });
        Assert.NotEqual(Guid.Empty, sale);
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var number = await db.Set<Customer>().Where(c => c.Id == customer).Select(c => c.Number).SingleAsync();
            await services.GetRequiredService<RightsDesk>().OpenAsync(customer, RightsKind.See, "", "known", Mark);
            await services.GetRequiredService<NoticeDesk>().GiveAsync(customer, NoticeKind.Notify, Mark, Mark, send: true);
            var leaks = services.GetRequiredService<LeakDesk>();
            leaks.Add(await leaks.ReportAsync(certain: true, Mark + "的电话 " + Phone, Mark, number), Mark);
            await leaks.ReportAsync(certain: false, "有人在群里问" + Mark, "", "");
            var (manager, clerk) = (shop.People["store-manager"].Id, shop.People["clerk"].Id);
            await services.GetRequiredService<HandoverDesk>().MakeAsync(HandoverReason.Ended, manager, clerk, new DateOnly(2026, 11, 1), Mark, [new HandoverLine(number, Mark, 1, true)]);
            await services.GetRequiredService<PenaltyDesk>().DecideAsync(clerk, "loss", number, "丢了" + Mark + "的表", "补齐", 100_00);
            db.Set<Seal>().Add(new Seal { Number = "FC-1", FileId = customer, FileNumber = number, Title = Mark, Place = Mark, Words = Mark, At = TestHost.Start.UtcDateTime });
            await db.SaveAsync();
            return 0;
        });
        var file = await AttachAsync(shop, customer, content);
        Directory.CreateDirectory(Path.Combine(shop.Host.Engine.DataFolder, "imports"));
        await File.WriteAllTextAsync(Path.Combine(shop.Host.Engine.DataFolder, "imports", import.ToString("N")), "姓名\n" + Mark);
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<Import>().Where(i => i.Id == import).ExecuteUpdateAsync(s => s.SetProperty(i => i.State, ImportState.Done));
            await db.SaveAsync();
            return 0;
        });
        await shop.Host.RunDueAsync();
        return (customer, file);
    }

    private static Task<string?> AttachAsync(Shop shop, Guid customer, byte[] content) => shop.Host.InAsync<string?>(shop.Company, async (services, db) =>
    {
        var id = await services.GetRequiredService<FileStore>().SaveAsync(new MemoryStream(content), Mark + ".pdf");
        var entity = db.Model.GetEntityTypes().FirstOrDefault(e => e.ClrType.Assembly == typeof(Customer).Assembly && e.FindProperty("CustomerId") is not null && e.FindProperty("FileId") is not null);
        await db.SaveChangesAsync();
        var hash = (await services.GetRequiredService<FileStore>().OpenAsync(id)).Sha256;
        if (entity is null) await services.GetRequiredService<FileStore>().RemoveAsync([id]); // nothing of a customer carries attachments yet
        else await InsertAsync(db, entity, customer, id);
        await db.SaveAsync();
        return entity is null ? null : Path.Combine(shop.Host.Engine.DataFolder, "files", hash[..2], hash[2..4], hash);
    });

    private static async Task InsertAsync(Db db, IEntityType entity, Guid customer, Guid file)
    {
        var columns = entity.GetProperties().ToList();
        object Value(IProperty p) => p.Name switch
        {
            "CompanyId" => db.CompanyId,
            "Id" => Ids.New(),
            "CustomerId" => customer,
            "FileId" => file,
            _ when p.ClrType == typeof(string) => Mark,
            _ when p.ClrType == typeof(bool) => false,
            _ when p.ClrType == typeof(int) => 0,
            _ when p.ClrType == typeof(DateTime) => TestHost.Start.UtcDateTime,
            _ when p.ClrType == typeof(DateOnly) => DateOnly.FromDateTime(TestHost.Start.UtcDateTime),
            _ when p.ClrType.IsEnum => Enum.GetNames(p.ClrType)[0],
            _ => throw new NotSupportedException(p.Name),
        };
        var given = columns.Where(p => !p.IsNullable || p.Name == "FileId").ToList();
        var sql = $"insert into {entity.GetTableName()} ({string.Join(", ", given.Select(p => p.GetColumnName()))}) values ({string.Join(", ", given.Select((_, i) => "{" + i + "}"))})";
        await db.Database.ExecuteSqlRawAsync(sql, given.Select(Value));
    }

    // Every free text of every row that hangs on the customer, in whatever table, also those that come to be later: found in the model.
    private static Task<List<string>> PlantAsync(Shop shop, Guid customer) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        var planted = new List<string>();
        var entities = db.Model.GetEntityTypes().Where(e => e.GetTableName() is not null && !e.IsOwned()).ToList();
        var of = entities.Where(e => e.FindProperty("CustomerId") is not null).ToDictionary(e => e.ClrType.Name + "Id", _ => "");
        foreach (var entity in entities)
        {
            string? where = entity.ClrType == typeof(Customer) ? "id = {1}" : entity.FindProperty("CustomerId") is not null ? "customer_id = {1}" : entity.FindProperty("FileId") is not null && entity.ClrType.Assembly == typeof(RightsDesk).Assembly ? "file_id = {1}" : null;
            if (where is null)
            {
                foreach (var (column, parent) in new[] { ("complaint_id", "complaints_complaint"), ("promise_id", "complaints_promise") })
                {
                    if (entity.GetProperties().Any(p => p.GetColumnName() == column)) where = $"{column} in (select id from {parent} where company_id = {{0}} and customer_id = {{1}})";
                }
            }

            if (where is null) continue;
            foreach (var text in entity.GetProperties().Where(p => p.ClrType == typeof(string) && !OurWords.Contains(p.GetColumnName()) && !OurWords.Contains($"{entity.GetTableName()}.{p.GetColumnName()}")))
            {
                var planting = text.GetColumnName() is "phone" or "external_number" or "imei" or "address" && entity.ClrType != typeof(Customer) ? null : text.GetColumnName() is "phone" or "external_number" ? null : Mark;
                if (planting is null) continue;
                var sql = $"update {entity.GetTableName()} set {text.GetColumnName()} = {{2}} where company_id = {{0}} and {where}";
                if (await db.Database.ExecuteSqlRawAsync(sql, db.CompanyId, customer, planting) > 0) planted.Add(entity.GetTableName() + "." + text.GetColumnName());
            }
        }

        Assert.NotEmpty(of);
        await db.SaveAsync();
        return planted;
    });

    private static Task<string> TotalsAsync(Shop shop) => shop.LookAsync(async db =>
    {
        var sales = await db.Set<Sale>().GroupBy(s => 1).Select(g => new { Count = g.Count(), Sum = g.Sum(s => s.Amount) }).SingleAsync();
        var ratings = await db.Set<Rating>().GroupBy(s => 1).Select(g => new { Count = g.Count(), Sum = g.Sum(s => s.Score) }).SingleAsync();
        var cases = await db.Set<Huitou.Complaints.Complaint>().CountAsync();
        var calls = await db.Set<Huitou.FollowUps.FollowUp>().CountAsync();
        var files = await db.Set<Customer>().IgnoreQueryFilters([Customer.ErasedFilter]).CountAsync();
        return $"{sales.Count} {sales.Sum} {ratings.Count} {ratings.Sum} {cases} {calls} {files}";
    });

    /// <summary>Looks through every text column of every table that the schema names, past all filters.</summary>
    private static async Task<(int Tables, List<string> Found)> FindAsync(Shop shop, string word)
    {
        var engine = shop.Host.Engine;
        await using DbConnection connection = engine.IsPostgres ? new NpgsqlConnection(engine.OwnerConnectionString) : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync();
        var columns = new List<(string Table, string Column)>();
        await using (var look = connection.CreateCommand())
        {
            look.CommandText = engine.IsPostgres
                ? "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE' where c.table_schema = 'public' and c.data_type in ('text', 'tsvector', 'character varying', 'USER-DEFINED')"
                : "select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' and m.name not like 'customers_fts%' and (lower(p.type) like '%text%' or lower(p.type) like '%char%' or p.type = '')";
            await using var reader = await look.ExecuteReaderAsync();
            while (await reader.ReadAsync()) columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        var found = new List<string>();
        foreach (var (table, column) in columns)
        {
            await using var look = connection.CreateCommand();
            look.CommandText = engine.IsPostgres ? $"select count(*) from \"{table}\" where position($1 in \"{column}\"::text) > 0" : $"select count(*) from \"{table}\" where instr(\"{column}\", @p) > 0";
            var parameter = look.CreateParameter();
            if (!engine.IsPostgres) parameter.ParameterName = "@p";
            parameter.Value = word;
            look.Parameters.Add(parameter);
            if (Convert.ToInt64(await look.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) > 0) found.Add($"{table}.{column}");
        }

        return (columns.Select(c => c.Table).Distinct().Count(), found);
    }
}
