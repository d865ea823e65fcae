using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Huitou.Access.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Huitou.Trials.Data;

/// <summary>
/// A year of real complaints (complaints/*.csv.gz), replayed by its dates: taken down on the day received, answered when the file says that they
/// were sent on, settled three days later (thirty where the file says untimely), confirmed or disputed. What the tables say of every month, by every
/// dimension, and every clock is compared with figures reckoned from the file alone, the business time minute by minute.
/// </summary>
public static class ComplaintsTrial
{
    private static readonly DateOnly From = new(2018, 12, 1);
    private static readonly DateOnly To = new(2019, 12, 1);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private const int RepeatDays = 90;
    private const int SettledAfter = 3, SettledLate = 30;

    private sealed record Row(int Place, DateOnly Received, DateOnly Sent, string Product, string Person, string State, string Via, string Words, bool Timely, bool Disputed, string Relief);

    private sealed record Told(Row Row, DateTime At, DateTime Answered, DateTime Settled)
    {
        public bool Repeat { get; set; }

        // Reckoned once: it is slow on purpose.
        private readonly Lazy<(double First, double Solution)> took = new(() => (Slow.Between(At, Answered), Slow.Between(At, Settled)));
        private (DateTime First, DateTime Solution)? due;
        public (double First, double Solution) Took => took.Value;
        public (DateTime First, DateTime Solution) Due => due ??= (Slow.Add(At, Repeat ? 120 : 240), Slow.Add(At, Repeat ? 2880 : 2160));
    }

    private sealed class Moved(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset now = start;
        public override DateTimeOffset GetUtcNow() => now;
        public void To(DateTime utc) => now = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
    }

    public static async Task RunAsync(string folder, Report report)
    {
        var rows = Read(Directory.GetFiles(Path.Combine(folder, "complaints"), "*.csv.gz").Single());
        var told = rows.ConvertAll(r => new Told(r, Received(r), r.Sent > r.Received ? Moment(r.Sent, 10 * 60 + r.Place * 7 % 600, r.Place) : Received(r).AddMinutes(5 + r.Place * 13 % 400), Moment(r.Sent.AddDays(r.Timely ? SettledAfter : SettledLate), 9 * 60 + r.Place * 11 % 700, r.Place)));
        foreach (var person in told.GroupBy(t => t.Row.Person))
        {
            var before = (DateTime?)null;
            foreach (var t in person.OrderBy(t => t.At))
            {
                t.Repeat = before is { } b && t.At - b < TimeSpan.FromDays(RepeatDays);
                before = t.At;
            }
        }

        var work = Directory.CreateTempSubdirectory("huitou-trial-").FullName;
        var clock = new Moved(new DateTimeOffset(2018, 11, 1, 0, 0, 0, TimeSpan.Zero));
        await using (var app = HuitouApp.Create(new Settings("trial", "http://127.0.0.1:0", work, null, Production: true, []), Engine.Sqlite(work), builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock))))
        {
            await app.Services.GetRequiredService<Migrator>().MigrateAsync();
            var (company, stores) = await FoundAsync(app.Services, [.. rows.Select(r => r.State).Distinct().Order(StringComparer.Ordinal)]);
            var watch = Stopwatch.StartNew();
            var ids = await ReplayAsync(app.Services, company, stores, clock, told);
            var replayed = watch.Elapsed.TotalSeconds;
            clock.To(Moment(To.AddDays(60), 12 * 60, 0));
            await CompareAsync(app.Services, company, told, ids, report);
            report.Write("complaints", string.Create(CultureInfo.InvariantCulture, $"`./trial complaints ../shared/data`: a year of real complaints ({told.Count}) taken down, answered, settled and confirmed by their dates in {replayed:0} s, on SQLite; words, repeats, clocks and every line of twelve monthly tables (by product, channel, store, grade, kind) against figures from the file alone."));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(work, recursive: true);
    }

    private static List<Row> Read(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var lines = Lines(text.ReadToEnd());
        var columns = lines[0].Select((name, i) => (name, i)).ToDictionary(c => c.name.TrimStart('\uFEFF'), c => c.i);
        var rows = new List<Row>();
        foreach (var line in lines.Skip(1).Where(l => l.Count == columns.Count))
        {
            string Cell(string name) => line[columns[name]];
            DateOnly Day(string name) => DateOnly.ParseExact(Cell(name), "yyyy/M/d", CultureInfo.InvariantCulture);
            var received = Day("Date received");
            if (received < From || received >= To) continue;
            var words = Cell("Consumer complaint narrative") is { Length: > 0 } said ? said : $"{Cell("Issue")}: {Cell("Sub-issue")}";
            var sent = Day("Date sent to company");
            rows.Add(new Row(rows.Count, received, sent < received ? received : sent, Cut(Cell("Product")), $"{Cell("State")} {Cell("ZIP code")} {Cell("Product")}", Cell("State") is { Length: > 0 } state ? state : "none", Cell("Submitted via"), words.Trim(),
                Cell("Timely response?") == "Yes", Cell("Consumer disputed?") == "Yes", Cell("Company response to consumer")));
        }

        return [.. rows.OrderBy(r => r.Received).ThenBy(r => r.Place)];
    }

    // A reader of its own, so that nothing of the product stands on both sides of the comparison.
    private static List<List<string>> Lines(string text)
    {
        var (lines, line, cell, quoted) = (new List<List<string>>(), new List<string>(), new System.Text.StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
            else if (c == '"') quoted = !quoted;
            else if (!quoted && c is (',' or '\n'))
            {
                line.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c != '\n') continue;
                lines.Add(line);
                line = [];
            }
            else cell.Append(c);
        }

        return lines;
    }

    private static string Cut(string text) => text.Length <= Complaint.ProductMax ? text : text[..Complaint.ProductMax].TrimEnd();

    // The day is the file's; the hour goes round with the place in the file, and no two share an instant.
    private static DateTime Moment(DateOnly day, int minute, int place) => day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute).AddSeconds(place % 3000).Utc(Zone);

    private static DateTime Received(Row row) => Moment(row.Received, 9 * 60 + row.Place * 17 % 660, row.Place);

    private static string Channel(string via) => via switch { "Phone" => "phone", "Referral" => "head-office", "Postal mail" or "Fax" => "letter", _ => "web" };

    private static async Task<(Company Company, Dictionary<string, Guid> Stores)> FoundAsync(IServiceProvider services, IReadOnlyList<string> states)
    {
        var company = new Company { Id = Ids.New(), Number = 1, Name = "Trial", ZoneId = "Asia/Shanghai", CreatedAt = DateTime.UnixEpoch };
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<Db>();
            await db.BeginAsync(toWrite: true);
            db.Set<Company>().Add(company);
            await db.SaveAsync();
        }

        var stores = new Dictionary<string, Guid>();
        await services.AsCompanyAsync(company, "trial", async (_, db) =>
        {
            var roles = await Roles.SeedAsync(db, company.Trade);
            foreach (var (state, i) in states.Select((s, i) => (s, i)))
            {
                var store = new Store { Number = $"{i:00}", Name = state };
                stores[state] = store.Id;
                db.Set<Store>().Add(store);
                db.Set<Member>().Add(new Member { Number = $"{i:000}", Name = "Specialist " + state, RoleId = roles["specialist"].Id, StoreId = store.Id, JoinedOn = new DateOnly(2010, 1, 1) });
            }

            await db.SaveAsync();
        });
        return (company, stores);
    }

    // Everything that happens, in the order of time: taken down, answered, settled and confirmed or disputed.
    private static async Task<Dictionary<int, Guid>> ReplayAsync(IServiceProvider services, Company company, Dictionary<string, Guid> stores, Moved clock, List<Told> told)
    {
        var (cases, people) = (new Dictionary<int, Guid>(), new Dictionary<string, Guid>());
        var events = told.SelectMany(t => new (DateTime At, int What, Told Told)[] { (t.At, 0, t), (t.Answered, 1, t), (t.Settled, 2, t) }).OrderBy(e => e.At).ThenBy(e => e.What).ThenBy(e => e.Told.Row.Place).ToList();
        foreach (var (at, what, t) in events)
        {
            clock.To(at);
            await services.AsCompanyAsync(company, "trial", async (inside, db) =>
            {
                var row = t.Row;
                if (what == 0)
                {
                    if (!people.TryGetValue(row.Person, out var customer))
                    {
                        people[row.Person] = customer = await inside.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "C " + people.Count.ToString(CultureInfo.InvariantCulture), Source = CustomerSource.Import, StoreId = stores[row.State] });
                        await db.SaveChangesAsync();
                    }

                    cases[row.Place] = (await inside.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, stores[row.State], row.Words, "", Channel(row.Via), "", null) { Product = row.Product, SendReceipt = false })).Id;
                }
                else if (what == 1)
                {
                    await inside.GetRequiredService<Handling>().AnswerAsync(cases[row.Place], "letter", "Sent on", at.AddDays(3));
                }
                else
                {
                    var (handling, id) = (inside.GetRequiredService<Handling>(), cases[row.Place]);
                    foreach (var step in new[] { RecoveryStep.Apology, RecoveryStep.Listen, RecoveryStep.Remedy })
                    {
                        await handling.StepAsync(id, step, $"In our own words, number {row.Place}, we were wrong about {row.Product}", wins: ("their money", "no third call", "they stay"));
                        await db.SaveChangesAsync(); // the remedy comes after listening, and asks for it
                    }

                    await handling.SettleAsync(id, row.Relief, "-", "-");
                    await db.SaveChangesAsync();
                    if (!row.Disputed) await inside.GetRequiredService<ComplaintsDesk>().ConfirmAsync(id, satisfied: row.Relief.Contains("relief", StringComparison.Ordinal));
                }

                await db.SaveAsync();
            });
        }

        return cases;
    }

    private static async Task CompareAsync(IServiceProvider services, Company company, List<Told> told, Dictionary<int, Guid> ids, Report report)
    {
        await services.AsCompanyAsync(company, "trial", async (inside, db) =>
        {
            var there = await db.Set<Complaint>().ToDictionaryAsync(c => c.Id);
            List<string> words = [], clocks = [], repeats = [];
            foreach (var t in told)
            {
                var c = there[ids[t.Row.Place]];
                if (c.Words != t.Row.Words || !c.IsUnchanged) words.Add($"{c.Number}: {c.Words.Length} characters of {t.Row.Words.Length}");
                if ((c.RepeatOf is not null) != t.Repeat) repeats.Add($"{c.Number}: repeat {c.RepeatOf is not null}, {t.Repeat} by the file");
                var (first, solution) = t.Due;
                if ((c.FirstDueAt, c.SolutionDueAt, c.FirstDoneAt, c.SolutionDoneAt) != (first, solution, t.Answered, t.Settled)) clocks.Add($"{c.Number}: {c.FirstDueAt:u} {c.SolutionDueAt:u}, reckoned {first:u} {solution:u}");
            }

            report.Check("complaints: every word kept as it stands in the file, its receipt fits", told.Count, words);
            report.Check("complaints: repeats within 90 days recognised as by the file", told.Count, repeats);
            report.Check("complaints: every clock as reckoned minute by minute", told.Count, clocks);

            var table = inside.GetRequiredService<ComplaintTable>();
            List<string> wrong = [];
            var figures = 0;
            for (var month = From; month < To; month = month.AddMonths(1))
            {
                var mine = told.Where(t => t.Row.Received.Year == month.Year && t.Row.Received.Month == month.Month).ToList();
                foreach (var (by, key) in new (string, Func<Told, string>)[] { ("product", t => t.Row.Product), ("channel", t => Channel(t.Row.Via)), ("store", t => t.Row.State), ("grade", t => t.Repeat ? "Major" : "General"), ("kind", _ => "Complaint") })
                {
                    var view = await table.ReadAsync(TableSpan.Of("month", TableSpan.Text(month), month), by, null);
                    var names = by == "store" ? await db.Set<Store>().ToDictionaryAsync(s => s.Id.ToString(), s => s.Name) : null;
                    var got = view.Lines.ToDictionary(l => names is null ? l.Key : names[l.Key], l => Say(l.Tally));
                    got["all"] = Say(view.All);
                    var due = mine.GroupBy(key).ToDictionary(g => g.Key, g => Reckon([.. g]));
                    due["all"] = Reckon(mine);
                    foreach (var line in got.Keys.Union(due.Keys))
                    {
                        figures++;
                        if (got.GetValueOrDefault(line) != due.GetValueOrDefault(line)) wrong.Add($"{month:yyyy-MM} {by} {line}: table {got.GetValueOrDefault(line)}, file {due.GetValueOrDefault(line)}");
                    }
                }
            }

            report.Check("complaints: lines of the monthly tables agree with the file", figures, wrong);
        });
    }

    private static string Say(Tally t) => Line(t.Count, t.FirstMedian, t.FirstP90, t.FirstInTime, t.SolutionMedian, t.SolutionP90, t.SolutionInTime, t.Repeats, t.Recovered, t.Reopened);

    // The same figures from the file alone.
    private static string Reckon(List<Told> told)
    {
        var first = told.Select(t => t.Took.First).Order().ToList();
        var solution = told.Select(t => t.Took.Solution).Order().ToList();
        static double? Middle(List<double> v) => v.Count == 0 ? null : (v[(v.Count - 1) / 2] + v[v.Count / 2]) / 2;
        static double? Ninety(List<double> v) => v.Count == 0 ? null : v[(9 * v.Count + 9) / 10 - 1];
        return Line(told.Count, Middle(first), Ninety(first), (told.Count(t => t.Answered <= t.Due.First), told.Count), Middle(solution), Ninety(solution),
            (told.Count(t => t.Settled <= t.Due.Solution), told.Count), told.Count(t => t.Repeat),
            (told.Count(t => !t.Row.Disputed && t.Row.Relief.Contains("relief", StringComparison.Ordinal)), told.Count(t => !t.Row.Disputed)), 0);
    }

    private static string Line(int count, double? firstMedian, double? firstP90, (int, int) firstIn, double? solutionMedian, double? solutionP90, (int, int) solutionIn, int repeats, (int, int) recovered, int reopened) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} · {firstMedian:0.00} {firstP90:0.00} {firstIn} · {solutionMedian:0.00} {solutionP90:0.00} {solutionIn} · {repeats} {recovered} {reopened}");

    /// <summary>Business time as one would count it on fingers, second by second: every day 9:00 to 21:00 in a zone without summer time.</summary>
    private static class Slow
    {
        private static readonly TimeSpan Ahead = TimeSpan.FromHours(8);

        public static double Between(DateTime from, DateTime to)
        {
            if (to <= from) return 0;
            var seconds = 0L;
            for (var at = from; at < to; at = at.AddSeconds(60))
            {
                // A minute at a time; where it touches an edge, second by second.
                var end = at.AddSeconds(60) < to ? at.AddSeconds(60) : to;
                if (Open(at) && Open(end.AddSeconds(-1))) seconds += (long)(end - at).TotalSeconds;
                else for (var s = at; s < end; s = s.AddSeconds(1)) seconds += Open(s) ? 1 : 0;
            }

            return seconds / 60.0;
        }

        public static DateTime Add(DateTime from, int minutes)
        {
            var left = minutes * 60L;
            var at = from;
            while (left > 0)
            {
                if (left > 60 && Open(at) && Open(at.AddSeconds(59))) (at, left) = (at.AddSeconds(60), left - 60);
                else
                {
                    if (Open(at)) left--;
                    at = at.AddSeconds(1);
                }
            }

            return at;
        }

        private static bool Open(DateTime utc) => (utc + Ahead).TimeOfDay is var time && time >= TimeSpan.FromHours(9) && time < TimeSpan.FromHours(21);
    }
}
