using System.Diagnostics;
using System.Globalization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Killing;

/// <summary>
/// Kills a ledger's programs and its database, one kill after another, each during some kind of work; looks after each what is lost,
/// doubled, half visible, orphaned or locked, does the work again to its end, and looks again.
/// </summary>
public sealed class KillCampaign : IAsyncDisposable
{
    private const int StatementsAtFirst = 12;
    private static readonly TimeSpan s_timeAtFirst = TimeSpan.FromSeconds(1),
        // A busy machine takes its time; what hangs is found all the same.
        s_patience = TimeSpan.FromMinutes(15);

    private readonly KilledCluster _cluster;
    private readonly LedgerDatabase _target;
    private readonly string _targetConnection;
    private readonly LedgerWork _work;
    private readonly LedgerAudit _audit;
    private readonly string _folder;
    private readonly string _program;

    // What the last whole piece of work of each kind had, to choose the next place by.
    private readonly Dictionary<string, (int Statements, TimeSpan Time)> _known = [];

    private KillCampaign(KilledCluster cluster, string folder, string program)
    {
        (_cluster, _folder, _program) = (cluster, folder, program);
        _targetConnection = new NpgsqlConnectionStringBuilder(cluster.Connection) { Database = "restored" }.ConnectionString;
        _target = new LedgerDatabase(_targetConnection);
        _work = new LedgerWork(cluster.Ledger, folder) { Target = _target };
        _audit = new LedgerAudit(cluster);
    }

    /// <param name="folder">an empty one, for the cluster and for files; the caller deletes it</param>
    /// <param name="program">path of Almagest.ServerProbe.dll</param>
    public static async Task<KillCampaign> CreateAsync(string folder, string program, CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        var cluster = await KilledCluster.CreateAsync(folder, cancellationToken);
        await cluster.Ledger.Schema.MigrateAsync(cancellationToken);
        return new KillCampaign(cluster, files, program);
    }

    /// <summary>The version of PostgreSQL.</summary>
    public async Task<string> PostgresVersionAsync(CancellationToken cancellationToken)
    {
        var version = "";
        await _cluster.OnceAsync(
            connection =>
            {
                version = connection.PostgreSqlVersion.ToString();
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return version;
    }

    public async Task<KillOutcome> KillAsync(Kill kill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kill);
        var began = Stopwatch.GetTimestamp();
        var key = kill.Number.ToString(CultureInfo.InvariantCulture);
        await _work.PrepareAsync(kill.Kind, key, cancellationToken);
        if (kill.Kind == "restore")
            await EmptyTargetAsync(cancellationToken);
        var known = _known.GetValueOrDefault(kill.Kind, (StatementsAtFirst, s_timeAtFirst));
        var stop = kill.Statement is { } share ? 1 + (int)(share * known.Item1) : 0;
        var (place, ended) =
            kill.Victim == Victim.Program
                ? await KillProgramAsync(kill, key, stop, known.Item2 * kill.Moment, cancellationToken)
                : await KillDatabaseAsync(kill, key, stop, known.Item2 * kill.Moment, cancellationToken);
        await _cluster.AnsweringAsync(cancellationToken);

        var wrong = new List<string>();
        // Half of a migration is one step of it and not the next: then there is not always a ledger of this program to look at.
        if (kill.Kind != "migration")
            wrong.AddRange(await _audit.FindAsync(cancellationToken));
        wrong.AddRange(FindInFiles(kill, key));
        try
        {
            await AgainAsync(kill, key, cancellationToken);
            wrong.AddRange((await _audit.FindAsync(cancellationToken)).Select(w => $"done again, {w}"));
            if (kill.Number % LedgerWork.All.Count == LedgerWork.All.Count - 1)
                wrong.AddRange(await _audit.FindInViewsAsync(cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            wrong.Add($"it cannot be done again: {e.GetType().Name}: {e.Message}");
        }
        return new KillOutcome(kill.Number, kill.Kind, kill.Victim, place, ended, Stopwatch.GetElapsedTime(began).TotalSeconds, wrong);
    }

    /// <summary>At the end: no run is left to a worker that is gone, and the views agree.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync(CancellationToken cancellationToken)
    {
        var wrong = new List<string>();
        await Task.Delay(RunClaims.LostAfter + TimeSpan.FromSeconds(2), cancellationToken);
        // Connections of the pool may be those that the last kill cut.
        await _cluster.AnsweringAsync(cancellationToken);
        _cluster.Ledger.DataSource.Clear();
        await new RunClaims(_cluster.Ledger).HandleLostRunsAsync(cancellationToken);
        // A server takes what waits; commands that were killed have failed.
        await _work.DoAsync("served run", "last", cancellationToken);
        await _cluster.OnceAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand("select count(*) from discovery_runs where status = 'running'", connection);
                if ((long)(await command.ExecuteScalarAsync(cancellationToken))! is > 0 and var left)
                    wrong.Add($"{left} runs are running, and nobody works on them");
            },
            cancellationToken
        );
        wrong.AddRange(await _audit.FindAsync(cancellationToken));
        wrong.AddRange(await _audit.FindInViewsAsync(cancellationToken));
        return wrong;
    }

    private async Task<(string Place, bool Ended)> KillProgramAsync(
        Kill kill,
        string key,
        int stop,
        TimeSpan moment,
        CancellationToken cancellationToken
    )
    {
        await using var worker = new OuterWorker(
            _program,
            _cluster.Connection,
            _targetConnection,
            _folder,
            kill.Kind,
            key,
            stop,
            kill.After
        );
        await worker.Begun.WaitAsync(s_patience, cancellationToken);
        var place = await PlaceAsync(worker, kill, stop, moment, cancellationToken);
        await worker.KillAsync();
        return (place, await worker.Done is not null);
    }

    // The work outlives it: it must end by itself, done or failed.
    private async Task<(string Place, bool Ended)> KillDatabaseAsync(
        Kill kill,
        string key,
        int stop,
        TimeSpan moment,
        CancellationToken cancellationToken
    )
    {
        await using var worker = new InnerWorker(_work, kill.Kind, key, stop, kill.After, cancellationToken);
        var place = await PlaceAsync(worker, kill, stop, moment, cancellationToken);
        var ended = worker.Done.IsCompleted;
        if (kill.Victim == Victim.Backend)
            await _cluster.KillBackendAsync(cancellationToken);
        else
            await _cluster.KillPostmasterAsync(cancellationToken);
        await worker.GoOnAsync();
        await worker.Done.WaitAsync(s_patience, cancellationToken);
        return (place, ended);
    }

    // Work may have fewer statements this time; then it ends before.
    private static async Task<string> PlaceAsync(IWorker worker, Kill kill, int stop, TimeSpan moment, CancellationToken cancellationToken)
    {
        if (stop == 0)
        {
            await Task.WhenAny(worker.Done, Task.Delay(moment, cancellationToken));
            return string.Create(CultureInfo.InvariantCulture, $"after {moment.TotalMilliseconds:0} ms");
        }
        var first = await Task.WhenAny(worker.Reached, worker.Done).WaitAsync(s_patience, cancellationToken);
        if (first != worker.Reached)
            return "at its end";
        var statement = Clip(await worker.Reached);
        return $"{(kill.After ? "after" : "before")} statement {stop}: {statement}";
    }

    private async Task AgainAsync(Kill kill, string key, CancellationToken cancellationToken)
    {
        // A database that took half of a backup would refuse it.
        await using var worker = new InnerWorker(_work, kill.Kind, key, 0, false, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        if (await worker.Done.WaitAsync(s_patience, cancellationToken) is { } statements)
        {
            _known[kill.Kind] = (Math.Max(1, statements), Stopwatch.GetElapsedTime(began));
            return;
        }
        if (kill.Kind == "restore" && await IsRestoredAsync(cancellationToken))
            return;
        // Once more, for the reason.
        await _work.DoAsync(kill.Kind, key, cancellationToken);
    }

    private async Task<bool> IsRestoredAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _target.DataSource.CreateCommand(
                "select count(*) = 2 from datasets where name in ('first', 'second')"
            );
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    private IEnumerable<string> FindInFiles(Kill kill, string key)
    {
        if (kill.Kind == "backup" && File.Exists(_work.FileOf(key)))
        {
            using var packed = new System.IO.Compression.GZipStream(
                File.OpenRead(_work.FileOf(key)),
                System.IO.Compression.CompressionMode.Decompress
            );
            string? wrong = null;
            try
            {
                packed.CopyTo(Stream.Null);
            }
            catch (InvalidDataException e)
            {
                wrong = e.Message;
            }
            if (wrong is not null)
                yield return $"half a backup has the name of a whole one: {wrong}";
        }
    }

    private async Task EmptyTargetAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection.ClearAllPools();
        await _cluster.AsAdministratorAsync(
            async connection =>
            {
                foreach (
                    var sql in new[] { "drop database if exists restored with (force)", "create database restored owner almagest_owner" }
                )
                {
                    await using var command = new NpgsqlCommand(sql, connection);
                    await command.ExecuteNonQueryAsync(cancellationToken);
                }
            },
            cancellationToken
        );
    }

    private static string Clip(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 80 ? line : line[..80];
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        await _cluster.DisposeAsync();
    }
}
