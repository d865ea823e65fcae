using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Huitou.Sheets.Public;
using Huitou.Statistics;

namespace Huitou.Trials.Answers;

/// <summary>Importance of factors against the references in drivers/: to 1e-6, and the times of 20 factors and of 1,000 drawings.</summary>
public static class DriversTrial
{
    private const double Close = 1e-6;

    public static void Run(string folder, Report report)
    {
        var data = Path.Combine(folder, "drivers");
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "reference.json")));
        foreach (var set in reference.RootElement.EnumerateArray())
        {
            var n = set.GetProperty("n").GetInt32();
            var wanted = set.GetProperty("drivers").EnumerateArray().ToList();
            var names = wanted.Select(d => d.GetProperty("attr").GetString()!).ToList();
            var file = Directory.GetFiles(data, "subset*.csv").Select(Read).FirstOrDefault(t => t.Rows.Count == n && names.All(t.Header.Contains));
            if (file.Rows is null)
            {
                report.Check($"drivers: {set.GetProperty("name").GetString()}", 1, ["no file has these answers"]);
                continue;
            }

            var columns = names.Append("sat").Select(a => Column(file, a)).ToList();
            var (correlations, lmg, weights, explained) = Figures(columns);
            var differences = new List<string>();
            void Same(string what, double mine, double theirs)
            {
                if (!(Math.Abs(mine - theirs) <= Close)) differences.Add($"{what}: {mine:R}, reference {theirs:R}");
            }

            Same("R²", explained, set.GetProperty("R2").GetDouble());
            for (var i = 0; i < names.Count; i++)
            {
                Same(names[i] + " LMG", lmg[i], wanted[i].GetProperty("lmg").GetDouble());
                Same(names[i] + " LMG share", lmg[i] / explained, wanted[i].GetProperty("lmg_share").GetDouble());
                Same(names[i] + " relative weight", weights[i], wanted[i].GetProperty("rw").GetDouble());
                Same(names[i] + " relative weight share", weights[i] / explained, wanted[i].GetProperty("rw_share").GetDouble());
                Same(names[i] + " mean", columns[i].Average(), wanted[i].GetProperty("mean").GetDouble());
            }

            // The whole analysis, as the page calls it, says the same shares.
            var picture = Drivers.Analyse(columns[..^1], columns[^1], (0, 5), (0, 1), rounds: 0);
            for (var i = 0; i < names.Count; i++) Same(names[i] + " share in the picture", picture.Factors[i].Share.Value, wanted[i].GetProperty("lmg_share").GetDouble());
            report.Check($"drivers: {set.GetProperty("name").GetString()} to 1e-6", 1 + names.Count * 6, differences);
            _ = correlations;
        }

        Swiss(Path.Combine(data, "swiss.csv"), report);
    }

    /// <summary>The times asked for; on a quiet machine.</summary>
    public static void Times(Report report)
    {
        var random = new Random(20);
        var many = Made(random, 2000, 20);
        var (_, correlations) = Correlations(many);
        _ = Importance.Lmg(correlations);
        var watch = Stopwatch.StartNew();
        var lmg = Importance.Lmg(correlations);
        watch.Stop();
        report.Check($"LMG of 20 factors from the correlation matrix, one core: {watch.Elapsed.TotalMilliseconds:0} ms (at most 2,000)", 1, watch.Elapsed.TotalSeconds <= 2 && lmg.Sum() > 0 ? [] : ["too slow"]);

        var wide = Made(random, 100_000, 12);
        watch.Restart();
        var picture = Drivers.Analyse(wide[..^1], wide[^1], (1, 5), rounds: 1000);
        watch.Stop();
        report.Check($"1,000 drawings of 12 factors × 100,000 answers, one core: {watch.Elapsed.TotalSeconds:0.0} s (at most 20)", 1, watch.Elapsed.TotalSeconds <= 20 && picture.Factors.All(f => f.Share.Margin > 0) ? [] : ["too slow"]);
    }

    // Published with the data (Grömping 2006, relaimpo, for LMG).
    private static void Swiss(string file, Report report)
    {
        if (!File.Exists(file)) return;
        var table = Read(file);
        string[] names = ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"];
        var (_, lmg, weights, explained) = Figures([.. names.Append("Fertility").Select(a => Column(table, a))]);
        double[] wantedLmg = [.0571, .1712, .2601, .1056, .1128], wantedWeights = [.0484, .1547, .2720, .1147, .1170];
        var differences = new List<string>();
        if (Math.Abs(explained - .706735) > 5e-7) differences.Add($"R² {explained:0.000000}");
        for (var i = 0; i < names.Length; i++)
        {
            if (Math.Abs(lmg[i] - wantedLmg[i]) > 5e-5) differences.Add($"{names[i]}: LMG {lmg[i]:0.0000}, published {wantedLmg[i]}");
            if (Math.Abs(weights[i] - wantedWeights[i]) > 5e-5) differences.Add($"{names[i]}: relative weight {weights[i]:0.0000}, published {wantedWeights[i]}");
        }

        report.Check("drivers: swiss as published", 11, differences);
    }

    private static (double[,] Correlations, double[] Lmg, double[] Weights, double Explained) Figures(List<double[]> columns)
    {
        var (_, correlations) = Correlations(columns);
        return (correlations, Importance.Lmg(correlations), Importance.RelativeWeights(correlations), Importance.RSquared(correlations, Importance.Coefficients(correlations)));
    }

    private static (int, double[,]) Correlations(List<double[]> columns)
    {
        var k = columns.Count;
        var matrix = new double[k, k];
        var centred = columns.Select(c => { var m = c.Average(); return c.Select(x => x - m).ToArray(); }).ToList();
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++) matrix[i, j] = Product(centred[i], centred[j]) / Math.Sqrt(Product(centred[i], centred[i]) * Product(centred[j], centred[j]));
        }

        return (k, matrix);
    }

    private static double Product(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    // Scores 1 … 5 that share a mood, so that the factors go together as real ones do.
    private static List<double[]> Made(Random random, int rows, int factors)
    {
        var columns = Enumerable.Range(0, factors + 1).Select(_ => new double[rows]).ToList();
        for (var r = 0; r < rows; r++)
        {
            var (mood, whole) = (random.NextDouble() * 4, 0.0);
            for (var f = 0; f < factors; f++)
            {
                columns[f][r] = Math.Clamp(Math.Round(1 + mood * 0.5 + random.NextDouble() * 2.5), 1, 5);
                whole += columns[f][r] * (f + 1);
            }

            columns[factors][r] = Math.Clamp(Math.Round(whole * 2 / (factors * (factors + 1)) + random.NextDouble() - 0.5), 1, 5);
        }

        return columns;
    }

    private static double[] Column((List<string> Header, List<string[]> Rows) table, string name)
    {
        var at = table.Header.IndexOf(name);
        return [.. table.Rows.Select(r => double.Parse(r[at], CultureInfo.InvariantCulture))];
    }

    private static (List<string> Header, List<string[]> Rows) Read(string file)
    {
        var rows = SheetReader.Read(file).Select(r => r.Cells).ToList();
        var header = rows[0].ToList();
        rows.RemoveAt(0);
        return (header, rows);
    }
}
