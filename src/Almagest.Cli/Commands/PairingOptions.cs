using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Runs.Changes;

namespace Almagest.Cli.Commands;

/// <summary>The options that say which stars of two datasets are the same.</summary>
internal sealed class PairingOptions
{
    private readonly Option<long?> _match = OptionFactory.Whole(
        "--match",
        "N",
        "Of two datasets: this cross-match says which stars are the same (default: the newest between the two)",
        1,
        long.MaxValue
    );

    private readonly Option<bool> _byId = OptionFactory.Flag(
        "--by-id",
        "Of two datasets: equal ids say which stars are the same, whatever cross-matches there are"
    );

    public void AddTo(Command command)
    {
        command.Add(_match);
        command.Add(_byId);
    }

    public PairingChoice Read(ParseResult parsed) => new(parsed.GetValue(_match), parsed.GetValue(_byId));

    /// <summary>The first option that is given; null without any.</summary>
    public string? Given(ParseResult parsed) =>
        parsed.GetValue(_match) is not null ? _match.Name
        : parsed.GetValue(_byId) ? _byId.Name
        : null;
}
