using System.CommandLine;

namespace Almagest.Cli.Shell;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Database { get; } =
        new("--database")
        {
            Description =
                "The ledger's database: 'Host=…;Database=…;Username=…' or postgresql://… (default: ALMAGEST_DATABASE, else the "
                + "embedded PostgreSQL)",
            HelpName = "CONN",
            Recursive = true,
        };

    public Option<bool> Json { get; } =
        new("--json") { Description = "Print one JSON document on standard output, and nothing else", Recursive = true };
}
