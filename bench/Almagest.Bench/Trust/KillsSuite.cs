using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Almagest.Contract;
using Almagest.Killing;

namespace Almagest.Bench.Trust;

/// <summary>
/// Kills, a thousand where nothing else is said, each with an audit of the ledger behind it. What has been done is kept, so that another
/// start goes on there.
/// </summary>
internal static class KillsSuite
{
    private const int Kills = 1000;
    private const int Seed = 20261130;

    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    public static Suite Suite { get; } =
        new(
            "kills",
            "programs and databases killed during every kind of work, the ledger audited after each",
            "    [--kills N] [--seed N] [--state FILE] [-o FILE]",
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--kills", "--seed", "--state", "--server"], ["--quick"]);
        if (arguments["--server"] is not null)
            throw new FormatException("--database is not understood: this kills the database, and takes one of its own");
        var kills =
            arguments.Has("--quick") ? LedgerWork.All.Count
            : arguments["--kills"] is { } n ? BenchArguments.Number(n)
            : Kills;
        var seed = arguments["--seed"] is { } s ? BenchArguments.Number(s) : Seed;
        var machine = Machine.Describe();
        var done = Read(arguments["--state"], seed);
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = Directory.CreateTempSubdirectory("almagest-kills-").FullName;
        // As root, PostgreSQL's account has to pass through it.
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Almagest.ServerProbe.dll");
            await using var campaign = await KillCampaign.CreateAsync(folder, program, stop.Token);
            var postgres = await campaign.PostgresVersionAsync(stop.Token);
            try
            {
                for (var number = done.Count; number < kills; number++)
                {
                    var outcome = await campaign.KillAsync(Kill.Of(number, seed), stop.Token);
                    done.Add(outcome);
                    if (arguments["--state"] is { } state)
                        await File.AppendAllTextAsync(state, JsonSerializer.Serialize(outcome, s_json) + "\n", stop.Token);
                    await Console.Error.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{number + 1} of {kills}: {outcome.Kind}, {outcome.Victim}, {outcome.Place}: {Verdict(outcome)} "
                                + $"({outcome.Seconds:0.0} s)"
                        )
                    );
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("stopped; the same command with the same --state goes on");
            }
            var last = await campaign.FinishAsync(CancellationToken.None);
            arguments.Publish(Page(machine, postgres, seed, done, last));
            return done.Sum(o => o.Wrong.Count) + last.Count == 0 ? 0 : 1;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static List<KillOutcome> Read(string? state, int seed)
    {
        if (state is null || !File.Exists(state))
            return [];
        var done = File.ReadLines(state).Select(l => JsonSerializer.Deserialize<KillOutcome>(l, s_json)!).ToList();
        for (var i = 0; i < done.Count; i++)
            if (Kill.Of(i, seed) is var planned && (planned.Kind, planned.Victim) != (done[i].Kind, done[i].Victim))
                throw new FormatException($"{state} is of another seed");
        return done;
    }

    private static string Verdict(KillOutcome outcome) => outcome.Wrong.Count == 0 ? "nothing wrong" : string.Join("; ", outcome.Wrong);

    private static string Page(string machine, string postgres, int seed, List<KillOutcome> done, IReadOnlyList<string> last)
    {
        var wrong = done.Count(o => o.Wrong.Count > 0);
        var page = new StringBuilder(
            $"""
            # Kills

            `almagest bench kills --kills {done.Count} --seed {seed}`. {machine}; PostgreSQL {postgres}; Almagest {ProgramVersion.Current}.

            **{done.Count} kills, {wrong} with something wrong{(last.Count == 0 ? "; nothing wrong at the end" : "")}.** Each during a piece
            of work: of the program that does it (`kill -9`), of the process of PostgreSQL that its transaction is in, or of PostgreSQL;
            two of three at a statement of the work, before it is sent or after it was answered, the others at a random moment. After
            each the ledger is audited (nothing lost, doubled, half visible, orphaned or locked), the work is done again to its end, and the
            ledger audited once more; after each round of all kinds the views are compared with the results. At the end no run is left to a
            worker that is gone. "Had ended": the work was done before the kill.

            | work | program | backend | postmaster | at a statement | different places | had ended | wrong |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (var kind in LedgerWork.All)
            page.Append(Row(kind, [.. done.Where(o => o.Kind == kind)]));
        page.Append(Row("all", done));
        foreach (var outcome in done.Where(o => o.Wrong.Count > 0))
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n* kill {outcome.Number} ({outcome.Kind}, {outcome.Victim}, {outcome.Place}): {string.Join("; ", outcome.Wrong)}"
            );
        foreach (var text in last)
            page.Append(CultureInfo.InvariantCulture, $"\n* at the end: {text}");
        return page.ToString();
    }

    private static string Row(string name, IReadOnlyList<KillOutcome> outcomes)
    {
        var atStatements = outcomes.Where(o => o.Place.Contains("statement", StringComparison.Ordinal)).ToList();
        int[] numbers =
        [
            Of(outcomes, Victim.Program),
            Of(outcomes, Victim.Backend),
            Of(outcomes, Victim.Postmaster),
            atStatements.Count,
            atStatements.Select(o => (o.Kind, o.Place)).Distinct().Count(),
            outcomes.Count(o => o.Ended),
            outcomes.Count(o => o.Wrong.Count > 0),
        ];
        return $"| {name} | {string.Join(" | ", numbers)} |\n";
    }

    private static int Of(IEnumerable<KillOutcome> outcomes, Victim victim) => outcomes.Count(o => o.Victim == victim);
}
