using MathNet.Numerics.LinearAlgebra;

namespace Huitou.Statistics;

/// <summary>
/// How much of what is explained each factor carries, from a correlation matrix whose last row and column are the outcome. A factor that
/// never varies, or that others say wholly, adds nothing and is passed over.
/// </summary>
public static class Importance
{
    /// <summary>More factors than this are refused: the time doubles with each.</summary>
    public const int Most = 24;

    // What is left of a factor once the others are known, under which it counts as said by them.
    private const double Nothing = 1e-10;

    /// <summary>
    /// LMG (Lindeman, Merenda and Gold 1980, Introduction to Bivariate and Multivariate Analysis), which is the Shapley value of R²
    /// (Lipovetsky and Conklin 2001, Applied Stochastic Models in Business and Industry 17; Grömping 2007, The American Statistician 61):
    /// what a factor adds to R², averaged over all orders in which the factors may enter. All 2^p subsets are walked as a tree: each node
    /// has the Schur complement of what was included, so a subset costs a few operations instead of a regression.
    /// <code>LMG_j = Σ_{S∌j} |S|! (p−|S|−1)! / p! · (R²(S∪j) − R²(S))</code>
    /// The values sum to R².
    /// </summary>
    public static double[] Lmg(double[,] correlations)
    {
        var p = Factors(correlations);
        return new Tree(p).Walk(correlations);
    }

    /// <summary>
    /// Relative weights: Johnson (2000), "A heuristic method for estimating the relative weight of predictor variables in multiple
    /// regression", Multivariate Behavioral Research 35. The factors are turned into the nearest uncorrelated ones and back. The weights
    /// sum to R².
    /// </summary>
    public static double[] RelativeWeights(double[,] correlations)
    {
        var p = Factors(correlations);
        var (vectors, values) = Axes(correlations, p);
        // Λ^½ = Q √λ Q', β = Q 1/√λ Q' r, weight_j = Σ_k (Λ^½_jk)² β_k².
        var (half, beta) = (new double[p, p], new double[p]);
        for (var j = 0; j < p; j++)
        {
            for (var k = 0; k < p; k++)
            {
                var (root, inverse) = (0.0, 0.0);
                for (var a = 0; a < p; a++)
                {
                    if (values[a] <= Nothing) continue;
                    var both = vectors[j, a] * vectors[k, a];
                    root += both * Math.Sqrt(values[a]);
                    inverse += both / Math.Sqrt(values[a]);
                }

                half[j, k] = root;
                beta[j] += inverse * correlations[k, p];
            }
        }

        var weights = new double[p];
        for (var j = 0; j < p; j++)
        {
            for (var k = 0; k < p; k++) weights[j] += half[j, k] * half[j, k] * beta[k] * beta[k];
        }

        return weights;
    }

    /// <summary>Standardised coefficients of the regression on all factors; of factors that say the same, the shortest solution.</summary>
    public static double[] Coefficients(double[,] correlations)
    {
        var p = Factors(correlations);
        var (vectors, values) = Axes(correlations, p);
        var beta = new double[p];
        for (var a = 0; a < p; a++)
        {
            if (values[a] <= Nothing) continue;
            var along = 0.0;
            for (var k = 0; k < p; k++) along += vectors[k, a] * correlations[k, p];
            for (var j = 0; j < p; j++) beta[j] += vectors[j, a] * along / values[a];
        }

        return beta;
    }

    /// <summary>The share of the outcome's variance that all factors explain together.</summary>
    public static double RSquared(double[,] correlations, double[] coefficients)
    {
        var sum = 0.0;
        for (var j = 0; j < coefficients.Length; j++) sum += coefficients[j] * correlations[j, coefficients.Length];
        return sum;
    }

    private static int Factors(double[,] correlations)
    {
        var p = correlations.GetLength(0) - 1;
        if (correlations.GetLength(1) != p + 1 || p < 1) throw new ArgumentException("A square matrix of the factors and the outcome.", nameof(correlations));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p, Most, nameof(correlations));
        return p;
    }

    private static (double[,] Vectors, double[] Values) Axes(double[,] correlations, int p)
    {
        var axes = Matrix<double>.Build.Dense(p, p, (i, j) => correlations[i, j]).Evd(Symmetricity.Symmetric);
        return (axes.EigenVectors.ToArray(), [.. axes.EigenValues.Select(v => v.Real)]);
    }

    /// <summary>The walk over all subsets; made once for many matrices of the same size.</summary>
    internal sealed class Tree
    {
        private readonly int p;
        // Of a set of s factors: how much its R² counts for the factors within, and for those without.
        private readonly double[] within;
        private readonly double[] without;
        // What is left of the factors from k on (and the outcome) after what was included: one triangle a depth.
        private readonly double[][] left;
        private readonly double[] carried;
        private double outside;

        public Tree(int p)
        {
            this.p = p;
            (within, without) = (new double[p + 1], new double[p + 1]);
            var weight = 1.0 / p; // 0! (p−1)! / p!
            for (var s = 0; s < p; s++)
            {
                without[s] = weight;
                weight *= s + 1 < p ? (s + 1.0) / (p - s - 1) : 0;
            }

            for (var s = 1; s <= p; s++) within[s] = without[s - 1] + without[s];
            left = new double[p + 1][];
            for (var k = 0; k <= p; k++) left[k] = new double[(p + 1 - k) * (p + 1 - k)];
            carried = new double[p];
        }

        public double[] Walk(double[,] correlations)
        {
            for (var i = 0; i <= p; i++)
            {
                for (var j = 0; j <= p; j++) left[0][i * (p + 1) + j] = correlations[i, j];
            }

            Array.Clear(carried);
            outside = 0;
            From(0, 0);
            var lmg = new double[p];
            for (var j = 0; j < p; j++) lmg[j] = carried[j] - outside;
            return lmg;
        }

        // The weighted sum of R² over all sets that agree with what was decided before k; on the way each factor gets the part of the
        // branch where it is in.
        private double From(int k, int size)
        {
            var here = left[k];
            if (k == p)
            {
                var explained = 1 - here[0];
                outside += without[size] * explained;
                return within[size] * explained;
            }

            var (m, n) = (p + 1 - k, p - k);
            var next = left[k + 1];
            for (var i = 0; i < n; i++) here.AsSpan((i + 1) * m + 1 + i, n - i).CopyTo(next.AsSpan(i * n + i));
            var sum = From(k + 1, size);

            var pivot = here[0];
            if (pivot > Nothing)
            {
                for (var i = 0; i < n; i++)
                {
                    var factor = here[i + 1] / pivot;
                    var from = here.AsSpan((i + 1) * m + 1 + i, n - i);
                    var to = next.AsSpan(i * n + i, n - i);
                    var row = here.AsSpan(i + 1, n - i);
                    for (var j = 0; j < to.Length; j++) to[j] = from[j] - factor * row[j];
                }
            }
            else
            {
                for (var i = 0; i < n; i++) here.AsSpan((i + 1) * m + 1 + i, n - i).CopyTo(next.AsSpan(i * n + i));
            }

            var with = From(k + 1, size + 1);
            carried[k] += with;
            return sum + with;
        }
    }
}
