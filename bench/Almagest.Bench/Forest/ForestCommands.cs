using System.Globalization;
using Almagest.Discovery.Anomaly;

namespace Almagest.Bench.Forest;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class ForestCommands
{
    public const string Usage = """
          recipes TABLE.csv                             which recipe finds known unusual stars
          forest ROWS COLUMNS                           times of scoring
          forest-scores IN.f64 COLUMNS SEED OUT.f64     isolation-forest scores of a row-major matrix of doubles
        """;

    public static int? Run(string[] args)
    {
        switch (args)
        {
            case ["recipes", var table]:
                RecipeEvidence.Print(table, Console.Out);
                return 0;
            case ["forest", var rows, var columns]:
                ForestBench.Run(Number(rows), Number(columns));
                return 0;
            case ["forest-scores", var matrix, var columns, var seed, var scores]:
                var options = new IsolationForestOptions { Seed = long.Parse(seed, CultureInfo.InvariantCulture) };
                MatrixFile.Write(scores, new IsolationForest(options).Detect(MatrixFile.Read(matrix, Number(columns))).RawScores);
                return 0;
            default:
                return null;
        }
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
