namespace Almagest.Bench.Analytics;

/// <summary>The histories that the suites of the ledger are measured at, and where.</summary>
internal static class History
{
    /// <summary>Fewer hold no pair of runs to ask for.</summary>
    private const int LeastRuns = 10,
        LeastStars = 100;

    private const string Ordinary = "100x1k,200x5k,200x50k",
        Quick = "20x500";

    public const string Usage = $"""
              --histories RUNSxSTARS[,…]   runs, and stars of each (default {Ordinary}; with --quick {Quick})
              --server CONN                server where databases may be created and dropped (default: a private, temporary one)
        """;

    public static readonly string[] Options = ["--histories", "--server"];

    public static IReadOnlyList<(int Runs, int Stars)> Of(BenchArguments arguments) =>
        [
            .. (arguments["--histories"] ?? (arguments.Has("--quick") ? Quick : Ordinary))
                .Split(',')
                .Select(text =>
                    text.Split('x') is [var runs, var stars]
                    && BenchArguments.Number(runs) >= LeastRuns
                    && BenchArguments.Number(stars) >= LeastStars
                        ? (BenchArguments.Number(runs), BenchArguments.Number(stars))
                        : throw new FormatException(
                            $"'{text}' is not a history; expected at least {LeastRuns} runs of {LeastStars} stars, for instance 200x50k: "
                                + $"200 runs of 50,000 stars"
                        )
                ),
        ];
}
