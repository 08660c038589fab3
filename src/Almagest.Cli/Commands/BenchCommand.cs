using System.CommandLine;
using Almagest.Cli.Benchmarks;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Commands;

/// <summary><c>bench</c>: runs a suite of <c>bench/Almagest.Bench</c>, which knows its own options.</summary>
internal static class BenchCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "bench",
            "Measure this program on this machine, beside its yardsticks; from a checkout",
            "almagest bench engine --quick",
            "almagest bench engine --sizes 10k,100k,1M,10M -o engine.md"
        )
        {
            Suite(
                shell,
                global,
                "engine",
                "Time, memory and allocation of the discovery engine, beside scikit-learn. Options: --quick, --sizes 10k,1M, --jobs "
                    + "NAME[,NAME…], --no-yardsticks, -o FILE",
                "almagest bench engine --quick",
                "almagest bench engine --sizes 1M --jobs dbscan-0.05,isolation-forest-score -o engine.md"
            ),
            Suite(
                shell,
                global,
                "views",
                "What it costs to keep the views. Options: --quick, --prior N[,…], --refresh-up-to N, --stars N, or --histories "
                    + "RUNSxSTARS[,…], -o FILE; --database names a server to create databases on",
                "almagest bench views --quick",
                "almagest bench views --histories 20x50k,200x50k -o views.md"
            ),
            Suite(
                shell,
                global,
                "analytics",
                "Raw queries against view look-ups. Options: --quick, --histories RUNSxSTARS[,…], -o FILE; --database names a server "
                    + "to create databases on",
                "almagest bench analytics --quick",
                "almagest bench analytics --histories 20x50k,200x50k -o analytics.md"
            ),
            Suite(
                shell,
                global,
                "crossmatch",
                "Cross-matching beside STILTS, row by row. Options: --quick, --sizes 100k,1M, --table A,B[,ARCSEC], -o FILE",
                "almagest bench crossmatch --quick",
                "almagest bench crossmatch --table gaia-100pc.csv,bright-stars.csv.gz,2 -o crossmatch.md"
            ),
            Suite(
                shell,
                global,
                "pages",
                "The dashboard's pages in Chromium: time to first paint, and what moving a chart of a million stars costs. Options: "
                    + "--quick, --histories RUNSxSTARS, --stars N, --visits N, -o FILE",
                "almagest bench pages --quick",
                "almagest bench pages --histories 100x100k --stars 1M -o pages.md"
            ),
            Suite(
                shell,
                global,
                "runs",
                "Lists of thousands of runs beside a bare query of the same rows, and clusters recognised across large runs. Options: "
                    + "--quick, --runs N, --clusters N, -o FILE; --database names a server to create databases on",
                "almagest bench runs --quick",
                "almagest bench runs --runs 10k -o run-list.md"
            ),
            Suite(
                shell,
                global,
                "cone",
                "Searches by position beside q3c and an index on the declination. Options: --quick, --stars 10M, --cones 200, -o "
                    + "FILE; --database names a server to create databases on",
                "almagest bench cone --quick",
                "almagest bench cone --stars 10M -o cone-search.md"
            ),
            Suite(
                shell,
                global,
                "routes",
                "Routes of the API under load beside a bare endpoint. Options: --quick, --histories RUNSxSTARS, --seconds N, --only "
                    + "WORDS, -o FILE; --database names a server to create databases on",
                "almagest bench routes --quick",
                "almagest bench routes --histories 200x50k -o routes.md"
            ),
            Suite(
                shell,
                global,
                "readers",
                "Readers of every format beside astropy and STILTS, and ingest beside psql's \\copy. Options: --quick, --stars 1M, "
                    + "--loads 3, --no-yardsticks, -o FILE; --database names a server to create databases on",
                "almagest bench readers --quick",
                "almagest bench readers --stars 1M -o readers.md"
            ),
            Suite(
                shell,
                global,
                "files",
                "What the readers make of each file of a folder, as lines of JSON for bench/compare/files_astropy.py. Options: --folder "
                    + "FOLDER",
                "almagest bench files --folder tables"
            ),
            Suite(
                shell,
                global,
                "science",
                "What the defaults find in real fields, beside the lists of their members. Options: --data FOLDER, -o FILE",
                "almagest bench science",
                "almagest bench science --data ../shared/data -o science.md"
            ),
            Suite(
                shell,
                global,
                "kills",
                "Programs and databases killed during every kind of work, the ledger audited after each. Options: --quick, --kills 1000, "
                    + "--seed N, --state FILE (goes on where it was stopped), -o FILE",
                "almagest bench kills --quick",
                "almagest bench kills --kills 1000 --state kills.jsonl -o kills.md"
            ),
            Suite(
                shell,
                global,
                "soak",
                "A server at full load: no answer of 500 and above, flat memory. Options: --quick, --minutes 60, --clients 8, --seed N, "
                    + "-o FILE",
                "almagest bench soak --quick",
                "almagest bench soak --minutes 60 -o soak.md"
            ),
        };

    private static DescribedCommand Suite(
        CommandShell shell,
        GlobalOptions global,
        string name,
        string description,
        params string[] examples
    )
    {
        var command = new DescribedCommand(name, description, examples) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(
            (parsed, _) =>
            {
                if (shell.Json)
                    throw new UsageException(
                        "bench prints a page of Markdown; it has no JSON form",
                        "Leave --json out; -o FILE writes the page to a file.",
                        "--json"
                    );
                // Only what is named for this command: a suite creates and drops databases there.
                var server = parsed.GetValue(global.Database) is { Length: > 0 } named
                    ? new[] { "--server", ConnectionText.ToNpgsql(named) }
                    : [];
                return RunAsync(shell, BenchProgram.Find(AppContext.BaseDirectory), [name, .. parsed.UnmatchedTokens, .. server]);
            }
        );
        return command;
    }

    public static async Task<int> RunAsync(CommandShell shell, BenchProgram program, params string[] arguments)
    {
        if (program.Project is { } project)
        {
            shell.Say("building the benchmarks, where they have changed…");
            using var said = new StringWriter();
            if (
                await ToolProcess.RunAsync(
                    shell,
                    said,
                    "build",
                    project,
                    "-c",
                    "Release",
                    "-v",
                    "quiet",
                    "-nologo",
                    "-nodeReuse:false",
                    "-p:RunAnalyzers=false"
                ) != 0
            )
                throw new CommandFailedException($"the benchmarks could not be built:\n{said}", $"Try: dotnet build {project} -c Release");
        }
        return await ToolProcess.RunAsync(shell, shell.Output, [program.Dll, .. arguments]);
    }
}
