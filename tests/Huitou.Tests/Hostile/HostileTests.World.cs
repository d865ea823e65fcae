using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Huitou.Custody;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Tests.Custody;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Huitou.Tests.Hostile;

/// <summary>A shop in which every door of the archive and of custody can be knocked at, and what a body needs beside the field that is tried.</summary>
public sealed partial class HostileTests
{
    /// <summary>One way to a door: who knocks, at which address (made anew each time where the act happens once), what the body needs beside.</summary>
    private sealed record Way(string As, Func<Task<string>> Address, Action<JsonObject>? Set = null);

    private sealed class World
    {
        private int counter;
        private List<(string Table, string Column)> all = [];
        private readonly Dictionary<string, Browser> browsers = [];

        public Shop Shop { get; private init; } = null!;
        public Dictionary<string, Way> Ways { get; } = [];
        public List<string> Shown { get; } = [];

        public static async Task<World> OpenAsync(TestHost host)
        {
            var world = new World { Shop = await RegisterTests.OpenAsync(host) };
            await RegisterTests.SignerAsync(world.Shop, "clerk");
            await world.PrepareAsync();
            return world;
        }

        public async Task<(HttpStatusCode Status, string Body)> SendAsync(Field field, string words, Func<string, string>? raw = null)
        {
            string address;
            try
            {
                address = await AddressOfAsync(field);
            }
            catch (Xunit.Sdk.XunitException blocked)
            {
                return (HttpStatusCode.FailedDependency, blocked.Message);
            }

            var body = BodyOf(field);
            Put(body, field.Path, words);
            var json = body.ToJsonString();
            var reply = await AnswerAsync(field, address, raw is null ? json : raw(json));
            return (reply.Status, Browser.Short(reply.Text));
        }

        public Task<string> AddressOfAsync(Field door) => Ways[$"{door.Method} {door.Route}"].Address();

        /// <summary>What the door takes.</summary>
        public JsonObject BodyOf(Field door)
        {
            var body = (JsonObject)Filled(door.Body)!;
            Ways[$"{door.Method} {door.Route}"].Set?.Invoke(body);
            return body;
        }

        public async Task<Reply> AnswerAsync(Field door, string address, string json)
        {
            var who = Ways[$"{door.Method} {door.Route}"].As;
            using var request = new HttpRequestMessage(new HttpMethod(door.Method), address) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Huitou", "1");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            var browser = browsers.TryGetValue(who, out var there) ? there : browsers[who] = Shop.As(who);
            using var response = await browser.SendAsync(request);
            return new(response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        private JsonNode? Filled(Type type)
        {
            var made = new JsonObject();
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0))
            {
                var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
                if (Value(property.Name, property.PropertyType) is { } value) made[name] = value;
            }

            return made;
        }

        private JsonNode? Value(string name, Type type)
        {
            var of = Nullable.GetUnderlyingType(type) ?? type;
            if (of == typeof(string)) return Forms.Contains(name) ? null : "好的";
            if (of == typeof(bool)) return false;
            if (of == typeof(int)) return Nullable.GetUnderlyingType(type) is null ? 1 : null;
            if (of == typeof(long)) return Nullable.GetUnderlyingType(type) is null ? 100_00 : null;
            if (of == typeof(DateOnly) && Nullable.GetUnderlyingType(type) is null) return "2026-11-20";
            if (of == typeof(Guid)) return Nullable.GetUnderlyingType(type) is not null ? null : (name switch { "CustomerId" => customer, "ToId" or "To" => Shop.People["second-representative"].Id, "FromId" => Shop.People["representative"].Id, "OwnerId" => Shop.People["representative"].Id, _ => Shop.People["clerk"].Id }).ToString();
            if (of.IsEnum) return Nullable.GetUnderlyingType(type) is not null ? null : Enum.GetNames(of)[0];
            if (of == typeof(string[]) || of == typeof(IReadOnlyList<string>)) return Forms.Contains(name) || Forms.Contains(name + "[]") ? null : new JsonArray("好的");
            return of.IsArray && of.GetElementType()!.Namespace?.StartsWith("Huitou", StringComparison.Ordinal) == true && !of.GetElementType()!.IsEnum ? new JsonArray(Filled(of.GetElementType()!)) : null;
        }

        private static void Put(JsonNode into, string[] path, string words)
        {
            var at = into;
            for (var i = 0; i < path.Length; i++)
            {
                var last = i == path.Length - 1;
                if (path[i] == "0")
                {
                    var list = (JsonArray)at;
                    if (!last) at = list[0]!;
                    else if (list.Count > 0) list[0] = words;
                    else list.Add((JsonNode)words);
                    continue;
                }

                var name = JsonNamingPolicy.CamelCase.ConvertName(path[i]);
                if (last) at[name] = words;
                else at = at[name] ??= new JsonArray();
            }
        }

        /// <summary>The columns that hold a word, alone or within a list.</summary>
        public Task<List<(string Table, string Column)>> FindAsync(string word) => Shop.LookAsync<List<(string Table, string Column)>>(async db =>
        {
            if (all.Count == 0)
            {
                var ours = new[] { typeof(CustomersModule).Assembly, typeof(CustodyModule).Assembly };
                all = [.. db.Model.GetEntityTypes().Where(e => ours.Contains(e.ClrType.Assembly) && e.GetTableName() is not null && e.FindProperty("CompanyId") is not null).SelectMany(e => e.GetProperties().Where(p => p.GetColumnType() is "text" or "TEXT" or "character varying" || p.ClrType == typeof(string)).Where(p => p.ClrType == typeof(string)).Select(p => (e.GetTableName()!, p.GetColumnName()))).Distinct()];
            }

            var found = new List<(string, string)>();
            foreach (var some in all.Chunk(150))
            {
                var sql = string.Join(" union all ", some.Select(c => $"select '{c.Table}.{c.Column}' as \"Value\" from {c.Table} where company_id = {{0}} and \"{c.Column}\" like {{1}}"));
                found.AddRange((await db.Database.SqlQueryRaw<string>(sql, db.CompanyId, $"%{word}%").ToListAsync()).Distinct().Select(v => (v.Split('.')[0], v.Split('.')[1])));
            }

            // The index of the search is made of it and has its own letters.
            return [.. found.Where(f => !f.Item1.Contains("search", StringComparison.Ordinal)).Distinct()];
        });

        /// <summary>Which of these stand in none of the columns.</summary>
        public Task<List<string>> MissingAsync(List<(string Table, string Column)> columns, List<string> sent) => Shop.LookAsync(async db =>
        {
            var there = new HashSet<string>();
            foreach (var (table, column) in columns)
            {
                var every = $"select distinct \"{column}\" as \"Value\" from {table} where company_id = {{0}} and \"{column}\" is not null";
                foreach (var value in await db.Database.SqlQueryRaw<string>(every, db.CompanyId).ToListAsync()) there.UnionWith(HostileStrings.Held(value));
            }

            return sent.FindAll(s => !HostileStrings.FormsOf(s).Any(there.Contains));
        });

        public Task<bool> HoldsAsync(List<(string Table, string Column)> columns, string sent) => Shop.LookAsync(async db =>
        {
            var forms = HostileStrings.FormsOf(sent);
            foreach (var (table, column) in columns)
            {
                foreach (var form in forms)
                {
                    var one = $"select 1 as \"Value\" from {table} where company_id = {{0}} and \"{column}\" = {{1}} limit 1";
                    if ((await db.Database.SqlQueryRaw<int>(one, db.CompanyId, form).ToListAsync()).Count > 0) return true;
                }
            }

            // A word among others in one value: a list as JSON or by lines.
            foreach (var (table, column) in columns)
            {
                var every = $"select \"{column}\" as \"Value\" from {table} where company_id = {{0}}";
                foreach (var value in await db.Database.SqlQueryRaw<string>(every, db.CompanyId).ToListAsync())
                {
                    if (HostileStrings.Held(value).Any(forms.Contains)) return true;
                }
            }

            return false;
        });

        private Guid customer;
        private string number = "";
        private Guid Id(string who) => Shop.People[who].Id;

        private Task<Guid> CustomerAsync(bool walkIn = false) => Shop.Host.InAsync(Shop.Company, async (services, db) =>
        {
            var n = Interlocked.Increment(ref counter);
            var id = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = $"客 {n}", FormOfAddress = "先生", Phone = $"137{20_000_000 + n}", StoreId = Shop.First.Id, OwnerId = Id("representative"), Birthday = new Birthday(1980, 5, 6, false, false), PreferredHours = "下午", Source = walkIn ? CustomerSource.WalkIn : CustomerSource.Sale });
            await db.SaveAsync();
            return id;
        });

        private Task<Guid> AddAsync<T>(Func<DateTime, T> make, Func<T, Guid> id) where T : class => Shop.Host.InAsync(Shop.Company, async (_, db) =>
        {
            var row = make(Shop.Host.Clock.Now());
            db.Set<T>().Add(row);
            await db.SaveAsync();
            return id(row);
        });

        private Task<Guid> LookAsync(Func<Db, IQueryable<Guid>> of) => Shop.LookAsync(db => of(db).FirstAsync());

        private async Task<Guid> MadeAsync(string who, string address, object body)
        {
            var (status, made, response) = await Shop.As(who).ApiAsync(HttpMethod.Post, address, body);
            Assert.True((int)status < 300, $"{address}: {(int)status} {await response.Content.ReadAsStringAsync()}");
            return made.ValueKind == JsonValueKind.Object && made.TryGetProperty("id", out var id) ? id.GetGuid() : Guid.Empty;
        }

        private void At(string door, string who, string address, Action<JsonObject>? set = null) => Ways[door] = new(who, () => Task.FromResult(address), set);
        private void Each(string door, string who, Func<Task<string>> address, Action<JsonObject>? set = null) => Ways[door] = new(who, address, set);

        private string NextPhone() => $"138{30_000_000 + Interlocked.Increment(ref counter)}";

        private async Task PrepareAsync()
        {
            const string A = "administrator";
            customer = await CustomerAsync();
            number = await RegisterTests.NumberAsync(Shop, customer);
            var one = $"/api/v1/customers/{customer}";
            const string meant = "All";
            Shown.AddRange([$"/customers/{customer}", $"/customers/{customer}/more", $"/customers/{customer}/form", $"/customers/{customer}/papers", $"/customers/{customer}/money", $"/customers/{customer}/team", "/customers", "/customers/news", "/custody/loans?view=all", "/custody/requests", "/custody/notices", "/custody/leaks", "/custody/penalties", "/custody/rights", "/custody/reports", "/custody/seals", "/custody/holds", "/customers/setup", "/customers/rules", "/customers/templates"]);

            Ways["POST /api/v1/customers"] = new(A, () => Task.FromResult("/api/v1/customers"), b => (b["phone"], b["allowSame"], b["externalNumber"], b["storeId"]) = (NextPhone(), true, "EX" + NextPhone(), Shop.First.Id.ToString()));
            At("PATCH /api/v1/customers/{id:guid}", A, one, b => b.Remove("preferredChannel"));
            At("POST /api/v1/customers/{id:guid}/reveal", A, one + "/reveal");
            At("POST /api/v1/customers/{id:guid}/notes", A, one + "/notes");
            At("POST /api/v1/customers/{id:guid}/devices", A, one + "/devices", b => (b["allowSame"], b["price"]) = (true, 0));
            var device = await MadeAsync(A, one + "/devices", new { model = "X", allowSame = true });
            At("PUT /api/v1/customers/{id:guid}/devices/{deviceId:guid}", A, $"{one}/devices/{device}", b => (b["allowSame"], b["price"]) = (true, 0));
            Each("POST /api/v1/customers/{id:guid}/form", A, async () =>
            {
                var fresh = await CustomerAsync(walkIn: true);
                await MadeAsync(A, $"/api/v1/customers/{fresh}/form", new { act = "hand-in" });
                return $"/api/v1/customers/{fresh}/form";
            }, b => b["act"] = "return");
            At("PUT /api/v1/customers/{id:guid}/consents/{purpose}", A, one + "/consents/Service");
            Each("POST /api/v1/customers/{id:guid}/contacts", A, async () => $"/api/v1/customers/{await CustomerAsync()}/contacts", b => b["kind"] = "Other");
            var contact = await MadeAsync(A, one + "/contacts", new { kind = "Address", label = "家", value = "长沙" });
            At("PUT /api/v1/customers/{id:guid}/contacts/{contactId:guid}", A, $"{one}/contacts/{contact}", b => b["kind"] = "Address");
            At("POST /api/v1/customers/{id:guid}/news", A, one + "/news");
            At("POST /api/v1/customers/{id:guid}/people", A, one + "/people");
            var person = await MadeAsync(A, one + "/people", new { kind = "Family", relation = "妻", name = "她" });
            At("PUT /api/v1/customers/{id:guid}/people/{personId:guid}", A, $"{one}/people/{person}");
            At("POST /api/v1/customers/{id:guid}/dates", A, one + "/dates", b => b["on"] = new JsonObject { ["month"] = 5, ["day"] = 6 });
            Each("POST /api/v1/customers/{id:guid}/team", A, async () => $"/api/v1/customers/{await CustomerAsync()}/team");
            At("POST /api/v1/customers/{id:guid}/charges", A, one + "/charges");
            Each("POST /api/v1/customers/{id:guid}/charges/{chargeId:guid}/closing", A, async () => $"{one}/charges/{await MadeAsync(A, one + "/charges", new { kind = "Arrears", title = "欠", amount = 100 })}/closing", b => b["act"] = "waive");
            At("POST /api/v1/customers/{id:guid}/credit", A, one + "/credit");
            At("PUT /api/v1/customers/{id:guid}/ladder", A, one + "/ladder");
            At("POST /api/v1/customers/{id:guid}/store-visits", A, one + "/store-visits", b => (b["kind"], b["reference"]) = ("Hall", "")); // one number of a slip is one visit
            At("POST /api/v1/customers/{id:guid}/papers", A, one + "/papers", b => b["kind"] = "Letter");
            Each("POST /api/v1/customers/duplicates/{id:guid}/family", A, async () =>
            {
                var (a, b) = (await CustomerAsync(), await CustomerAsync());
                if (string.CompareOrdinal(a.ToString(), b.ToString()) > 0) (a, b) = (b, a);
                return $"/api/v1/customers/duplicates/{await AddAsync(now => new Pair { AId = a, BId = b, Kind = PairKind.Family, Score = 50, Reasons = "phone", FoundAt = now }, p => p.Id)}/family";
            });
            At("POST /api/v1/customer-views", A, "/api/v1/customer-views");
            At("PUT /api/v1/customers/{id:guid}/tags", A, one + "/tags");
            At("POST /api/v1/customers/tags", A, "/api/v1/customers/tags", b => b["ids"] = new JsonArray(customer.ToString()));
            At("PUT /api/v1/customer-setup", A, "/api/v1/customer-setup");
            At("POST /api/v1/customer-kinds", A, "/api/v1/customer-kinds");
            var kind = await MadeAsync(A, "/api/v1/customer-kinds", new { title = "邻居" });
            At("PATCH /api/v1/customer-kinds/{id:guid}", A, $"/api/v1/customer-kinds/{kind}");
            var turn = 0;
            Ways["PUT /api/v1/customers/{id:guid}/ownership"] = new(A, () => Task.FromResult(one + "/ownership"), b => b["ownerId"] = Id(++turn % 2 == 0 ? "representative" : "second-representative").ToString());
            At("POST /api/v1/customers/assign", A, "/api/v1/customers/assign", b => b["ids"] = new JsonArray(customer.ToString()));
            At("POST /api/v1/customers/allocation/areas", A, "/api/v1/customers/allocation/areas", b => b["storeId"] = Shop.First.Id.ToString());
            At("POST /api/v1/profile-templates", A, "/api/v1/profile-templates", b => b["meant"] = meant);
            var template = await MadeAsync(A, "/api/v1/profile-templates", new { title = "自用表", meant });
            At("PATCH /api/v1/profile-templates/{id:guid}", A, $"/api/v1/profile-templates/{template}", b => (b["meant"], b["inUse"]) = (meant, true));
            Each("POST /api/v1/profile-templates/{id:guid}/items", A, async () => $"/api/v1/profile-templates/{await MadeAsync(A, "/api/v1/profile-templates", new { title = "自用表 " + Interlocked.Increment(ref counter), meant })}/items", b => (b["kind"], b["remind"], b["options"]) = ("Choice", 0, new JsonArray("一", "二")));
            var item = await MadeAsync(A, $"/api/v1/profile-templates/{template}/items", new { title = "爱好", kind = "Choice", options = new[] { "一", "二" } });
            var text = await MadeAsync(A, $"/api/v1/profile-templates/{template}/items", new { title = "话题", kind = "Text" });
            At("PUT /api/v1/profile-templates/{id:guid}/items/{itemId:guid}", A, $"/api/v1/profile-templates/{template}/items/{item}", b => (b["kind"], b["remind"], b["options"]) = ("Choice", 0, new JsonArray("一", "二")));
            At("PUT /api/v1/customers/{id:guid}/profile/{itemId:guid}", A, $"{one}/profile/{text}");
            At("PUT /api/v1/customers/{id:guid}/sensitive-consents/{kind}", A, $"{one}/sensitive-consents/Health");

            Each("PUT /api/v1/custody/files/{id:guid}/level", A, async () => $"/api/v1/custody/files/{await CustomerAsync()}/level", b => b["level"] = "Confidential");
            await MadeAsync(A, "/api/v1/custody/carriers", new { staffId = Id("clerk") });
            At("POST /api/v1/custody/requests", "clerk", "/api/v1/custody/requests", b => (b["kind"], b["file"], b["purpose"], b["until"], b["copies"], b["outsiderPaper"], b["carrier"]) = ("Carry", number, "follow-up", "2026-11-22T16:00", "1", "letter", Id("clerk").ToString()));
            Ways["POST /api/v1/custody/loans"] = new("clerk", () => Task.FromResult("/api/v1/custody/loans"), b => (b["file"], b["copies"], b["days"], b["password"], b["what"]) = (number, "1", "1", "huitou-demo-2026", "第 " + Interlocked.Increment(ref counter) + " 页"));
            Each("POST /api/v1/custody/loans/{id:guid}/take-back", A, async () => $"/api/v1/custody/loans/{await LoanAsync(back: false)}/take-back", b => b["complete"] = false);
            Each("POST /api/v1/custody/loans/{id:guid}/put-back", A, async () => $"/api/v1/custody/loans/{await LoanAsync(back: true)}/put-back");
            At("POST /api/v1/custody/seals", A, "/api/v1/custody/seals", b => (b["file"], b["pages"]) = (number, "1"));
            var seal = await MadeAsync(A, "/api/v1/custody/seals", new { file = number, title = "健康调查表", pages = "2", place = "柜 1", words = "已封" });
            At("POST /api/v1/custody/seals/{id:guid}/open", "general-manager", $"/api/v1/custody/seals/{seal}/open");
            At("POST /api/v1/custody/reports", A, "/api/v1/custody/reports", b => b["isRegular"] = true);
            Each("POST /api/v1/custody/reports/{id:guid}/issue", A, async () => $"/api/v1/custody/reports/{await ReportAsync()}/issue", b => b["copies"] = "1");
            var report = await ReportAsync();
            At("POST /api/v1/custody/reports/{id:guid}/corrections", A, $"/api/v1/custody/reports/{report}/corrections");
            At("PUT /api/v1/custody/rules", A, "/api/v1/custody/rules");
            At("POST /api/v1/rules", A, "/api/v1/rules", b => (b["inForceOn"], b["ruleId"]) = ("2026-12-01", null));
            var rule = await LookAsync(db => db.Set<HouseRule>().Select(r => r.Id));
            At("POST /api/v1/rules/{id:guid}/signatures", A, $"/api/v1/rules/{rule}/signatures");
            var asks = Guid.Empty; // one request of a kind is under way for a customer
            Each("POST /api/v1/rights-requests", A, async () =>
            {
                asks = await CustomerAsync();
                return "/api/v1/rights-requests";
            }, b => (b["kind"], b["identity"], b["customerId"]) = ("See", "known", asks.ToString()));
            Each("POST /api/v1/rights-requests/{id:guid}/decision", A, async () => $"/api/v1/rights-requests/{await MadeAsync(A, "/api/v1/rights-requests", new { customerId = customer, kind = "Correct", identity = "known", asker = "本人", words = "改" })}/decision", b => b["grant"] = false);
            var copy = await MadeAsync(A, "/api/v1/rights-requests", new { customerId = customer, kind = "See", identity = "known", asker = "本人", words = "看" });
            At("POST /api/v1/rights-requests/{id:guid}/copy", A, $"/api/v1/rights-requests/{copy}/copy");
            At("POST /api/v1/notices", A, "/api/v1/notices");
            Each("POST /api/v1/notices/{id:guid}/receipt", A, async () => $"/api/v1/notices/{await MadeAsync(A, "/api/v1/notices", new { customerId = customer, kind = "Inform", title = "知会", words = "内容" })}/receipt", b => b["how"] = "counter");
            At("POST /api/v1/legal-holds", A, "/api/v1/legal-holds", b => b["fileNumber"] = number);
            At("PUT /api/v1/retention-classes/{key}", A, "/api/v1/retention-classes/" + await Shop.LookAsync(db => db.Set<RetentionClass>().Select(c => c.Key).FirstAsync()), b => b["months"] = 36);
            At("PUT /api/v1/notice-templates/{id:guid}", A, $"/api/v1/notice-templates/{await LookAsync(db => db.Set<NoticeTemplate>().Select(t => t.Id))}");
            At("POST /api/v1/leaks", A, "/api/v1/leaks");
            var leak = await MadeAsync(A, "/api/v1/leaks", new { what = "掉了", certain = true, remedy = "捡回" });
            At("POST /api/v1/leaks/{id:guid}/steps", A, $"/api/v1/leaks/{leak}/steps");
            Each("POST /api/v1/leaks/{id:guid}/closing", A, async () => $"/api/v1/leaks/{await MadeAsync(A, "/api/v1/leaks", new { what = "掉了", certain = true, remedy = "捡回" })}/closing");
            At("POST /api/v1/handovers", A, "/api/v1/handovers", b =>
            {
                b["endedOn"] = "2026-11-20";
                b["lines"]![0]!["fileNumber"] = number;
            });
            At("POST /api/v1/handovers/{id:guid}/signature", "representative", $"/api/v1/handovers/{await MadeAsync(A, "/api/v1/handovers", new { reason = "Ended", fromId = Id("representative"), toId = Id("clerk"), endedOn = "2026-11-20", lines = new[] { new { fileNumber = number, what = "全档", pieces = 1, titlePaper = false } } })}/signature", b => b["name"] = "陈立");
            Each("POST /api/v1/custody-checks/{id:guid}/record", A, async () => $"/api/v1/custody-checks/{await CheckAsync()}/record", b =>
            {
                var points = new JsonArray();
                foreach (var key in CustodyCheck.Points[CheckKind.Room]) points.Add(new JsonObject { ["key"] = key, ["ok"] = points.Count > 0, ["note"] = "潮" });
                b["points"] = points;
            });
            At("POST /api/v1/penalties", A, "/api/v1/penalties", b => b["scale"] = "loss");
            Each("POST /api/v1/penalties/{id:guid}/appeal", "clerk", async () => $"/api/v1/penalties/{await FineAsync(A)}/appeal");
            Each("POST /api/v1/penalties/{id:guid}/end", A, async () =>
            {
                var fine = await FineAsync("information-supervisor");
                await MadeAsync("clerk", $"/api/v1/penalties/{fine}/appeal", new { words = "不是我" });
                return $"/api/v1/penalties/{fine}/end";
            }, b => b["amount"] = 0);
            At("POST /api/v1/destructions", A, "/api/v1/destructions");
        }

        private Task<Guid> FineAsync(string by) => MadeAsync(by, "/api/v1/penalties", new { staffId = Id("clerk"), scale = "loss", what = "丢页", madeGood = "补了", amount = 50_00 });

        private Task<Guid> CheckAsync() => AddAsync(_ => new CustodyCheck { Number = "BJ-" + Interlocked.Increment(ref counter), Kind = CheckKind.Room, StoreId = Shop.First.Id, Period = "P" + counter, DueOn = new DateOnly(2026, 12, 1) }, c => c.Id);

        private Task<Guid> LoanAsync(bool back) => AddAsync(now =>
        {
            var loan = new Loan { Number = "WJ-" + Interlocked.Increment(ref counter), FileId = customer, FileNumber = number, What = "第 " + counter + " 页", Copies = 1, Reason = "看", Days = 1, StoreId = Shop.First.Id, OwnerId = Id("clerk"), SignedAt = now };
            loan.Decide(true, "");
            loan.HandOut(Id("representative"), now, now.AddDays(1));
            if (back) loan.TakeBack(Id("representative"), now, true, "");
            return loan;
        }, l => l.Id);

        private Task<Guid> ReportAsync() => AddAsync(now =>
        {
            var report = new Report { Number = "BB-" + Interlocked.Increment(ref counter), Title = "月报", Period = "2026-11", Figures = "1", At = now };
            report.Decide(true, now, "");
            return report;
        }, r => r.Id);
    }
}
