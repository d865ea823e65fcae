using System.Globalization;
using Npgsql;

namespace Huitou.Bench.Rows;

/// <summary>
/// Two complaints a customer (200,000 for a town of 100,000), with what was said, steps, promises and endings, made by set-based SQL; then
/// what one person waits for at the server, on one core: the work list, all cases, a case page, and taking a complaint down; and how
/// many a second are taken down beside what PostgreSQL alone takes of the same rows.
/// </summary>
public static class CasesRow
{
    private const double Bar = 50; // ms that 95 of 100 stay under
    private const int BarFrom = 100_000;
    private const int MostSlices = 24;

    public static async Task RunAsync(Town town, Table table, TimeSpan time, RateRows rates)
    {
        var cases = town.Customers * 2;
        Progress.Say($"making {cases:#,0} complaints");
        await FillAsync(town, cases);
        var (server, _) = await Server.StartAsync(town.Cluster.DataFolder, town.Super);
        await using (server)
        {
            await Calm.NightAsync(town.Cluster, town.Database);
            var cookie = new Dictionary<string, string> { ["Cookie"] = await server.SignInAsync(Firm.Account, Firm.Password), ["Accept-Language"] = "zh-CN" };
            var key = new Dictionary<string, string> { ["Authorization"] = "Bearer " + town.Firm.ApiKey };
            await WaitAsync("work list of complaints", cookie, random => Get("/complaints?view=store&page=" + Text(random.Next(1, 5))), html => Holds(html, "/complaints/0190", 20));
            await WaitAsync("late complaints", cookie, _ => Get("/complaints?view=late"), html => Holds(html, "/complaints/0190", 20));
            await WaitAsync("all complaints, newest first", cookie, random => Get("/complaints?view=all&page=" + Text(random.Next(1, 20))), html => Holds(html, "/complaints/0190", 20));
            await WaitAsync("ended complaints", cookie, random => Get("/complaints?view=ended&page=" + Text(random.Next(1, 20))), html => Holds(html, "/complaints/0190", 20));
            await WaitAsync("case page", cookie, random => Get("/complaints/" + CaseId(random.Next(1, cases + 1))), html => Holds(html, "KS-2024-", 1));
            await WaitAsync("complaint intake", key, random => Intake.Request(town, random), Intake.Check);
            await rates.IntakeAsync(town, server, key, cases);
        }

        async Task WaitAsync(string name, Dictionary<string, string> headers, Func<Random, HttpRequestMessage> request, Action<string> check)
        {
            Progress.Say($"{name} at {cases:#,0}");
            // A shop's server has been up for days: measured when the processor time of a request has stopped falling.
            var (best, steady) = (double.MaxValue, 0);
            for (var slice = 0; slice < MostSlices && steady < 3; slice++)
            {
                var used = server.Processor();
                var warm = await Load.RunAsync(server.Address, headers, request, check, time, 0, clients: 1);
                var each = (server.Processor() - used) / (warm.Rate * time.TotalSeconds);
                steady = each < best * 0.98 ? 0 : steady + 1;
                best = Math.Min(best, each);
            }

            var got = await Load.RunAsync(server.Address, headers, request, check, time, 1, clients: 1);
            Progress.Say($"{name}: 95 of 100 within {got.Most:0.0} ms, half within {got.Median:0.0}, {best:0.00} ms of processor each");
            table.Lines.Add(new("cases", $"{name}, {cases:#,0} complaints", got.Most, null, "ms", got.Most, town.Customers >= BarFrom ? Bar : null, false, $"95 of 100 within, one client; half within {got.Median:0.0} ms, {best:0.00} ms of processor each"));
        }
    }

    private static Guid CaseId(int n) => new($"01900000-0000-7000-9000-{n:x12}");

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);

    private static void Holds(string html, string what, int times)
    {
        var found = html.Split(what).Length - 1;
        if (found < times) throw new InvalidOperationException($"The page holds {what} {found} times, {times} were expected:\n{html[..Math.Min(html.Length, 4000)]}");
    }

    // One in a hundred is open, three wait for the customer, the rest has ended; taken down over two years, the open ones in the last week.
    private static async Task FillAsync(Town town, int cases)
    {
        await using var connection = new NpgsqlConnection(town.Super);
        await connection.OpenAsync();
        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql.Replace(":company", $"'{town.Company.Id}'::uuid", StringComparison.Ordinal).Replace(":cases", Text(cases), StringComparison.Ordinal).Replace(":customers", Text(town.Customers), StringComparison.Ordinal), connection) { CommandTimeout = 1800 };
            await command.ExecuteNonQueryAsync();
        }

        await RunAsync("set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '256MB'");
        await RunAsync("""
            create temp table c as
            select n, ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as id, k.id as customer_id, k.store_id, k.owner_id,
              case when n % 100 = 0 then 'Open' when n % 100 < 4 then 'Settled' else 'Ended' end as state,
              case when n % 100 = 0 then now() - (hashint4(n) & 1023) * interval '10 minutes' else now() - interval '8 days' - (hashint4(n) & 1048575) * interval '1 minute' end as at
            from (select n, ('01900000-0000-7000-8000-' || lpad(to_hex(1 + (hashint4(n * 7 + 1) & 2147483647) % :customers), 12, '0'))::uuid as customer from generate_series(1, :cases) n) g
            join customers_customer k on k.company_id = :company and k.id = g.customer
            """);
        await RunAsync("""
            insert into complaints_complaint (company_id, id, number, customer_id, store_id, owner_id, title, words, demand, channel, origin, kind, cause, grade, major_reason, at, receipt, state, round, handovers,
              first_warn_at, first_due_at, first_done_at, next_from, next_warn_at, next_due_at, solution_from, solution_warn_at, solution_due_at, solution_done_at, clock_version, version)
            select :company, id, 'KS-2024-' || lpad(n::text, 6, '0'), customer_id, store_id, owner_id, (array['电池两次返修', '等候太久', '价格和说的不一样', '屏幕有亮点', '说好的备用机没有'])[1 + n % 5], '修了两次还是自动关机，说好周五给答复也没有。', '换一台新的',
              (array['counter', 'phone', 'wechat', 'qr', 'follow-up'])[1 + n % 5], '', 'Complaint', 'Service', case when n % 20 = 0 then 'Major' else 'General' end, case when n % 20 = 0 then 'press' else '' end, at, '7F3K-92QD', state, 1, 0,
              at + interval '3 hours', at + interval '4 hours', case when state = 'Open' and n % 200 = 0 then null else at + interval '2 hours' end, case when state = 'Open' and n % 200 <> 0 then at + interval '2 hours' end,
              case when state = 'Open' and n % 200 <> 0 then at + interval '20 hours' end, case when state = 'Open' and n % 200 <> 0 then at + interval '26 hours' end, at, at + interval '54 hours', at + interval '72 hours',
              case when state <> 'Open' then at + interval '50 hours' end, 1, 1
            from c
            """);
        await RunAsync("""
            insert into complaints_message (company_id, id, complaint_id, direction, channel, words, by, at, next_at)
            select :company, gen_random_uuid(), id, (array['Out', 'In', 'Note'])[m], 'phone', '您说的我都记下了，明天中午前给您准信。', owner_id, at + m * interval '2 hours', case when m = 1 then at + interval '26 hours' end from c cross join generate_series(1, 3) m
            """);
        await RunAsync("""
            insert into complaints_step (company_id, id, complaint_id, round, step, words, by, at)
            select :company, gen_random_uuid(), id, 1, (array['Apology', 'Listen', 'Remedy'])[m], '说好三天修好，结果五天，是我们没做到。', owner_id, at + m * interval '3 hours' from c cross join generate_series(1, 3) m
            """);
        await RunAsync("insert into complaints_closing (company_id, id, complaint_id, round, result, lacking, improvement, left_minutes, by, at) select :company, gen_random_uuid(), id, 1, '换了新机', '备用机不够', '每店三台', 300, owner_id, at + interval '50 hours' from c where state <> 'Open'");
        await RunAsync("insert into complaints_confirmation (company_id, id, complaint_id, round, kind, words, by, at) select :company, gen_random_uuid(), id, 1, case when n % 5 = 0 then 'AcceptedUnhappy' else 'Satisfied' end, '', null, at + interval '60 hours' from c where state = 'Ended'");
        await RunAsync("insert into complaints_promise (company_id, id, customer_id, complaint_id, store_id, owner_id, what, made_at, made_by, due_at, state, version) select :company, gen_random_uuid(), customer_id, id, store_id, owner_id, '送备用机到车上', at, owner_id, at + interval '30 hours', case when state = 'Open' then 'Open' when n % 9 = 0 then 'Broken' else 'Kept' end, 1 from c where n % 2 = 0");
        await RunAsync("insert into complaints_report (company_id, id, complaint_id, role_key, due_at, by, at) select :company, gen_random_uuid(), id, r, at + interval '24 hours', owner_id, at + interval '5 hours' from c cross join unnest(array['brand-division', 'legal', 'operations-vice-president', 'general-manager']) r where n % 20 = 0");
        await RunAsync("drop table c");
        await RunAsync("vacuum analyze");
    }
}
