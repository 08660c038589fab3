using System.Globalization;
using System.Text.Json;
using Almagest.Discovery.Anomaly.IsolationForest;

namespace Almagest.Bench.Forest;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class ForestCommands
{
    public const string Usage = """
          recipes TABLE.csv                             which recipe finds known unusual stars
          forest OUT.md ROWS[,ROWS…] [YARDSTICK…]       isolation forest beside yardsticks, each one a command in quotes, such as
                                                        "/usr/bin/python3 bench/compare/isolation_forest_sklearn.py"
          forest-time ROWS COLUMNS PASSES [SAVE.f64]    our times alone, as JSON
          forest-scores IN.f64 COLUMNS SEED OUT.f64     isolation-forest scores of a row-major matrix of doubles
        """;

    public static int? Run(string[] args)
    {
        switch (args)
        {
            case ["recipes", var table]:
                RecipeEvidence.Print(table, Console.Out);
                return 0;
            case ["forest-scores", var matrix, var columns, var seed, var scores]:
                var options = new IsolationForestParameters { RandomState = Number(seed) };
                MatrixFile.Write(
                    scores,
                    IsolationForestAlgorithm.Instance.Detect(MatrixFile.Read(matrix, Number(columns)), options).RawScores
                );
                return 0;
            case ["forest-time", var rows, var columns, var passes, .. var file]:
                Console.WriteLine(
                    JsonSerializer.Serialize(ForestTiming.Measure(Number(rows), Number(columns), Number(passes), file.FirstOrDefault()))
                );
                return 0;
            case ["forest", var output, var sizes, .. var commands]:
                var yardsticks = commands.Select(c => c.Split(' ')).Select(c => new Yardstick(c[0], c[1..])).ToArray();
                File.WriteAllText(
                    output,
                    EngineBench.IsolationForest([.. sizes.Split(',').Select(Number)], yardsticks, Console.Error.WriteLine)
                );
                return 0;
            default:
                return null;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
