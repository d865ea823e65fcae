using System.Text.Json;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Every operation of the API whose body holds words, as the program's own description lists them (those of archive and custody have <see cref="HostileTests"/>): each text field
/// takes hostile strings. What was taken stands in the database as it was sent, and nothing breaks down. An operation that comes to be later is tried by itself; where no way
/// to it is found the test says so.
/// </summary>
public sealed partial class EveryOperationTests(EveryOperationTests.Walks walks) : IClassFixture<EveryOperationTests.Walks>
{
    private const string Marker = "QZMARK";
    private const string Plain = "甲乙";
    private const int PerOperation = 4;
    private const int PerOther = 2;
    private const int MostRows = 40;

    [Theory, Engines(PostgresLong = true)]
    public async Task Every_text_field_of_every_operation_keeps_every_string(string engine)
    {
        var walk = await walks.OfAsync(engine);
        var (probe, wrong) = (walk.Probe, walk.Wrong.ToList());
        var others = HostileTests.Doors(walk.Host);
        var operations = walk.Operations.FindAll(o => o.Fields.Count > 0 && !others.Contains(o.Key));
        var corpus = HostileStrings.Corpus();
        var (next, words, own, tried, told) = (0, 0, 0, 0, 0);
        foreach (var operation in operations)
        {
            if (Closed.ContainsKey(operation.Key) || !operation.Key.StartsWith(HostileStrings.Only, StringComparison.Ordinal)) continue;
            var (known, said) = await walk.FindWayAsync(operation);
            if (known is not { Reply.IsTaken: true } way)
            {
                wrong.Add($"{operation.Key}: no way to it: {said}");
                continue;
            }

            // All at once, each with words of its own; what is not found then is tried alone.
            var markers = operation.Fields.Select((_, i) => $"{Marker}{words + own + i}Z").ToList();
            var (all, places) = await probe.FindAsync(markers, () => Walk.SendAsync(operation, way, operation.Fields, markers));
            var kept = operation.Fields.Select((field, i) => (Field: field, Columns: places[i])).Where(k => all.IsTaken && k.Columns.Count > 0).ToList();
            foreach (var field in operation.Fields.Except(kept.ConvertAll(k => k.Field)))
            {
                var name = $"{operation.Key} {field.Name}";
                var marker = $"{Marker}{words + own}Z";
                var (reply, found) = await probe.FindAsync([marker], () => Walk.SendAsync(operation, way, [field], [marker]));
                var columns = found[0];
                if ((int)reply.Status >= 500) wrong.Add($"{name}: plain words broke it ({reply})");
                else if (reply.IsTaken && columns.Count > 0) kept.Add((field, columns));
                else if (reply.IsTaken && !Nowhere.ContainsKey(name)) wrong.Add($"{name}: {marker} was taken and is nowhere");
                else if (!reply.IsTaken && !reply.Marked().Contains(field.Name) && !Forms.ContainsKey(name)) wrong.Add($"{name}: plain words are refused ({reply})");
                if (kept.Count > 0 && kept[^1].Field == field) continue;
                own++;
                for (var i = 0; i < PerOther; i++) await TryAsync(operation, way, [(field, [])], corpus[next++ % corpus.Count]);
            }

            words += kept.Count;
            for (var i = 0; kept.Count > 0 && i < (HostileStrings.IsWhole ? corpus.Count : PerOperation); i++)
            {
                var sent = HostileStrings.IsWhole ? corpus[i] : corpus[next++ % corpus.Count];
                if (await TryAsync(operation, way, kept, sent) || kept.Count == 1) continue;
                foreach (var one in kept) await TryAsync(operation, way, [one], sent);
            }

            if (HostileStrings.IsWhole) TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {operation.Key}, {tried} strings, {wrong.Count} wrong {string.Join("\n", wrong.Skip(told))}");
            told = wrong.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {operations.Count} operations, {words} fields of words, {own} of a form of their own; {tried} strings");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(900)));
        if (HostileStrings.Only.Length > 0) return;
        Assert.True(operations.Count > 90 && words > 150, $"{operations.Count} operations, {words} fields of words");

        // One string in these fields at once. False: refused, by one of them or together.
        async Task<bool> TryAsync(Operation operation, Way way, IReadOnlyList<(Field Field, List<(string, string)> Columns)> into, string sent)
        {
            tried += into.Count;
            var name = $"{operation.Key} {string.Join(' ', into.Select(w => w.Field.Name))}";
            var isWords = into[0].Columns.Count > 0 && HostileStrings.OneLine(sent).Length > 0;
            var (reply, held) = await probe.HoldsAsync([.. into.Select(w => w.Columns)], sent, () => Walk.SendAsync(operation, way, [.. into.Select(w => w.Field)], sent));
            if ((int)reply.Status >= 500) wrong.Add($"{name}: {Json(sent)} broke it ({reply})");
            if (!reply.IsTaken)
            {
                // Too long is no wonder; then plain words as long are refused too.
                if (isWords && into.Count == 1 && !Keeps(name, sent) && (await probe.HoldsAsync([], "", () => Walk.SendAsync(operation, way, [into[0].Field], new string('长', sent.Length)))).Answer.IsTaken) wrong.Add($"{name}: {Json(sent)} is refused: {reply}");
                return false;
            }

            for (var i = 0; isWords && i < into.Count; i++)
            {
                if (!held[i] && !Keeps($"{operation.Key} {into[i].Field.Name}", sent)) wrong.Add($"{operation.Key} {into[i].Field.Name}: {Json(sent)} did not come back from {string.Join(", ", into[i].Columns)}");
            }

            return true;
        }
    }

    private static bool Keeps(string field, string sent) => Array.Exists(Kept, k => field.StartsWith(k.Field, StringComparison.Ordinal) && k.Holds(sent));

    private static string Json(string sent) => JsonSerializer.Serialize(Browser.Short(sent));
}
