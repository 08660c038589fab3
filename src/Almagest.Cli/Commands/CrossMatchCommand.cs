using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Matching;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>crossmatch</c>: joins two datasets by position.</summary>
internal static class CrossMatchCommand
{
    private static readonly (string Unit, double Arcsec)[] s_units =
    [
        ("arcsec", 1),
        ("arcmin", 60),
        ("mas", 0.001),
        ("deg", 3600),
        ("\"", 1),
        ("'", 60),
    ];

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var first = new Argument<string>("DATASET1") { Description = "The first dataset, by name or number" };
        var second = new Argument<string>("DATASET2") { Description = "The second one" };
        var radius = new Option<double>("--radius")
        {
            Description = "Largest angle of a pair: arc seconds, or with a unit such as 0.5arcmin, 200mas, 0.01deg",
            HelpName = "ANGLE",
            Required = true,
            CustomParser = Angle,
        };
        var find = OptionFactory.Choice(
            "--find",
            "best = each star the nearest of the other (default); best1, best2 = nearest neighbour of each star of one dataset; all = "
                + "every pair",
            "best",
            "best1",
            "best2",
            "all"
        );
        var epoch1 = OptionFactory.Real(
            "--epoch-1",
            "YEAR",
            "Epoch of the positions of dataset 1 (default: the dataset's own); proper motions are applied where the epochs differ"
        );
        var epoch2 = OptionFactory.Real("--epoch-2", "YEAR", "Epoch of the positions of dataset 2 (default: its own)");
        var epoch = OptionFactory.Real("--epoch", "YEAR", "Epoch at which to compare (default: that of dataset 2)");
        var output = TableOutput.File();
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "crossmatch",
            "Join two datasets by position, and keep the pairs as links that labels and comparisons can follow",
            "almagest crossmatch gaia-100pc hipparcos --radius 1arcsec",
            "almagest crossmatch gaia-100pc hipparcos --radius 1arcsec --epoch-1 2016 --epoch-2 1991.25 -o pairs.vot"
        )
        {
            first,
            second,
            radius,
            find,
            epoch1,
            epoch2,
            epoch,
            output,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(output);
                table.Check(shell, parsed, path);
                if (path is not null && shell.Json)
                    throw new UsageException(
                        "--json prints the match, --output writes its pairs",
                        "Write them afterwards: almagest links export ID -o FILE",
                        "--output"
                    );
                var request = new CrossMatchRequest
                {
                    Dataset1 = parsed.GetRequiredValue(first),
                    Dataset2 = parsed.GetRequiredValue(second),
                    RadiusArcsec = parsed.GetValue(radius),
                    Find = Enum.Parse<MatchFind>(parsed.GetValue(find) ?? "best", ignoreCase: true),
                    Epoch1 = parsed.GetValue(epoch1),
                    Epoch2 = parsed.GetValue(epoch2),
                    Epoch = parsed.GetValue(epoch),
                };
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var done = await ProgressDisplay.ShowAsync(
                    shell,
                    "matching",
                    progress =>
                        new CrossMatcher(session.Ledger).MatchAsync(
                            request,
                            progress is null ? null : stage => progress.Report(stage, null),
                            shell.CancellationToken
                        )
                );
                var match = done.Match;
                if (path is not null)
                {
                    await table.WriteAsync(
                        shell,
                        parsed,
                        path,
                        await new CrossMatchRepository(session.Ledger).TableAsync(match, cancellationToken: shell.CancellationToken),
                        "pair",
                        "pairs",
                        match.LinkCount
                    );
                    return ExitCodes.Done;
                }
                shell.Answer(
                    done.ToResource(),
                    console =>
                    {
                        console.Say(
                            $"Cross-match {match.MatchId}: {ConsoleText.Plural(match.LinkCount, "pair", "pairs")} of "
                                + $"{ConsoleText.Plural(done.Dataset1.StarCount, "star", "stars")} of {done.Dataset1.Name} and "
                                + $"{ConsoleText.Count(done.Dataset2.StarCount)} of {done.Dataset2.Name}."
                        );
                        console.Say(Epochs(done));
                        console.Say($"Its pairs: almagest links export {match.MatchId} -o pairs.vot");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static string Epochs(CrossMatchReport done)
    {
        if (done.Match is { Epoch: { } year, Epoch1: { } epoch1, Epoch2: { } epoch2 })
            return $"Positions of {Year(epoch1)} and {Year(epoch2)} were compared at {Year(year)}: proper motions moved "
                + $"{ConsoleText.Count(done.Moved1)} and {ConsoleText.Plural(done.Moved2, "star", "stars")}.";
        if (done.Dataset1.ReferenceEpoch is { } both && both == done.Dataset2.ReferenceEpoch)
            return $"Positions of both are of {Year(both)}.";
        var unknown = done.Dataset1.ReferenceEpoch is null ? done.Dataset1 : done.Dataset2;
        return $"Positions were compared as they stand, because the epoch of {unknown.Name} is not known: fast stars may be missed, or "
            + "matched with others. --epoch-1 and --epoch-2 say it.";
    }

    private static string Year(double year) => ConsoleText.Number(year, "0.0###");

    private static double Angle(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (unit, scale) = s_units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        if (
            double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
        )
            return value * scale;
        result.AddError($"--radius is '{text}', expected an angle such as 1arcsec, 0.5arcmin, 200mas or 0.01deg");
        return 0;
    }
}
