using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Runs.Requests;

/// <summary>What a request became.</summary>
/// <param name="Runs">in the order asked for; of a repeated request the runs that the first one started</param>
/// <param name="Choice">why the recipe was taken; null where the request names it, or was repeated</param>
/// <param name="Repeated">whether an earlier request with the same key had started them</param>
public sealed record Submission(IReadOnlyList<DiscoveryRun> Runs, RecipeChoice? Choice, bool Repeated);

/// <summary>Checks requests and stores their runs, all of one request in one transaction.</summary>
public sealed class RunSubmitter(LedgerDatabase ledger)
{
    /// <summary>How long a key is remembered. Then the same key starts runs again.</summary>
    public static readonly TimeSpan KeysKept = TimeSpan.FromHours(24);

    public const int LongestKey = 255;

    private readonly DatasetRepository _datasets = new(ledger);

    /// <summary>True = the runs are worked on in this program: those that its memory cannot take are refused at once.</summary>
    public bool IsForThisProgram
    {
        get => Memory is not null;
        init => Memory = value ? RunMemory.Here : null;
    }

    internal RunMemory? Memory { get; init; }

    /// <summary>Stores one run.</summary>
    /// <param name="key">a name of the request, by the caller's choice: a second request with the same one starts nothing, and is answered
    /// with the first one's run</param>
    /// <exception cref="LedgerException">no such dataset, a parameter out of range, too few stars, or the key was used for another request:
    /// nothing is stored</exception>
    public Task<Submission> SubmitAsync(
        RunRequest request,
        RunPlacement placement,
        string? key = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        return SubmitAsync(request.Dataset, request.Filter, [request.Parameters], placement, key, cancellationToken);
    }

    /// <summary>Stores several runs over one selection.</summary>
    /// <inheritdoc cref="SubmitAsync(RunRequest, RunPlacement, string?, CancellationToken)"/>
    public async Task<Submission> SubmitAsync(
        string dataset,
        StarFilter filter,
        IReadOnlyList<RunParameters> parameters,
        RunPlacement placement,
        string? key = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(placement);
        if (key is not null && (key.Length is 0 or > LongestKey || key.Any(c => c is < ' ' or > '~')))
            throw LedgerException.Invalid(
                "idempotency_key",
                $"the idempotency key has {key.Length} characters",
                $"Give 1 to {LongestKey} printable ASCII characters, such as a UUID."
            );
        foreach (var p in parameters)
            ParameterReader.Require(p);
        filter.Validate();
        (var found, filter) = await _datasets.SelectedAnyAsync(dataset, filter, cancellationToken);
        var first = found[0].DatasetId;
        await InPlaceRuns.RequireKeptAsync(ledger, found[0], parameters, cancellationToken);
        var hash = key is null ? "" : HashOf(first, filter, parameters, placement);
        if (key is not null && await EarlierAsync(key, hash, cancellationToken) is { } earlier)
            return earlier;
        await DiskSpace.RequireAsync(ledger, 0, cancellationToken);

        var stars = await new SelectionCheck(ledger).RequireAsync(found, filter, cancellationToken);
        var (resolved, choice) = await ResolveAsync(first, filter, parameters, cancellationToken);
        foreach (var (asked, _) in resolved)
        {
            if (placement.Distributed)
                SharedRuns.Require(asked, filter, found[0]);
            else
                Memory?.Require(asked, stars);
        }
        // Who works on it has a folder of its own, and looks there.
        if (Memory is not null && found[0].InPlace is not null)
            await InPlaceRuns.RequireRoomAsync(
                ledger,
                found[0],
                stars,
                0,
                resolved.Any(r => r.Parameters.Draws > 0) ? 2 : 0,
                cancellationToken
            );
        var selection = SelectionHash.Of(found, filter);
        var runs = resolved
            .Zip(
                Ids(resolved.Count),
                (r, id) => RunRepository.NewRun(first, r.Parameters, filter, placement, id, selection, r.Choice?.Reason)
            )
            .ToList();
        if (await StoreAsync(runs, placement, key, hash, cancellationToken))
            return new Submission(runs, choice, false);
        // Another request with this key was faster by a moment.
        return await EarlierAsync(key!, hash, cancellationToken)
            ?? throw LedgerException.Of(
                ErrorCode.IdempotencyKeyBusy,
                $"another request with the idempotency key '{key}' came at the same moment",
                "Ask again."
            );
    }

    /// <summary>A new run with the selection, the parameters and the seed of one that has ended.</summary>
    /// <exception cref="LedgerException">no such run, or it has not ended</exception>
    /// <param name="placement">null = into the queue</param>
    public async Task<DiscoveryRun> RetryAsync(Guid runId, RunPlacement? placement = null, CancellationToken cancellationToken = default)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (run.Status is RunStatus.Pending or RunStatus.Running)
            throw LedgerException
                .Of(
                    ErrorCode.RunNotEnded,
                    $"run {runId} is {run.Status}, so there is nothing to repeat yet",
                    "Wait for its end, or cancel it first."
                )
                .With("run_id", run.RunId)
                .With("status", run.Status);
        var parameters = ParameterReader.ReadStored(run);
        placement = (placement ?? RunPlacement.Queued) with { RetryOf = runId, GroupId = run.GroupId };
        return (
            await SubmitAsync(
                run.DatasetId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                StarFilter.FromJson(run.DatasetFilter),
                [parameters],
                placement,
                null,
                cancellationToken
            )
        ).Runs[0];
    }

    /// <summary>Forgets keys that are older than <see cref="KeysKept"/>; answers how many.</summary>
    public async Task<int> ForgetKeysAsync(CancellationToken cancellationToken = default)
    {
        return await DatabaseBoundary.AskAsync(async () =>
        {
            await using var context = ledger.CreateContext();
            return await context.Database.ExecuteSqlAsync(
                $"delete from public.idempotency_keys where created_at < clock_timestamp() - {KeysKept}",
                cancellationToken
            );
        });
    }

    // Ids of one moment are in no order among themselves: those of one request count up in the twelve bits after the time (RFC 9562, 6.2,
    // method 1).
    private static IEnumerable<Guid> Ids(int count)
    {
        var first = Guid.CreateVersion7();
        if (count == 1)
            return [first];
        return Enumerable
            .Range(0, count)
            .Select(i =>
            {
                var bytes = Guid.CreateVersion7().ToByteArray(bigEndian: true);
                first.ToByteArray(bigEndian: true).AsSpan(0, 6).CopyTo(bytes);
                bytes[6] = (byte)(0x70 | (i >> 8));
                bytes[7] = (byte)i;
                return new Guid(bytes, bigEndian: true);
            });
    }

    private async Task<(IReadOnlyList<(RunParameters Parameters, RecipeChoice? Choice)>, RecipeChoice?)> ResolveAsync(
        long dataset,
        StarFilter filter,
        IReadOnlyList<RunParameters> parameters,
        CancellationToken cancellationToken
    )
    {
        var resolver = new RecipeResolver(ledger);
        RecipeChoice? choice = null;
        var chosen =
            new Dictionary<(Algorithm Algorithm, string? Named, string Missing, DistanceRule Distances), (string, RecipeChoice?)>();
        var resolved = new List<(RunParameters, RecipeChoice?)>(parameters.Count);
        foreach (var p in parameters)
        {
            // The members of a sweep differ in what does not matter here: one look at the selection is enough.
            var asked = (p.Algorithm, p.Features, p.Missing, p.Distances);
            if (!chosen.TryGetValue(asked, out var taken))
            {
                var (first, why) = await resolver.ResolveAsync(dataset, filter, p, cancellationToken);
                choice ??= why;
                chosen[asked] = taken = (first.Features!, why);
            }
            resolved.Add((p with { Features = taken.Item1 }, taken.Item2));
        }
        return (resolved, choice);
    }

    private async Task<bool> StoreAsync(
        List<DiscoveryRun> runs,
        RunPlacement placement,
        string? key,
        string hash,
        CancellationToken cancellationToken
    )
    {
        await using var context = ledger.CreateContext();
        return await DatabaseBoundary.AskAsync(
            context,
            async () =>
            {
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                await HoldDatasetsAsync(context, runs[0], cancellationToken);
                await RequirePlaceAsync(context, placement, runs.Count, cancellationToken);
                context.Runs.AddRange(runs);
                await RunRepository.SaveAsync(context, runs[0].DatasetId, cancellationToken);
                foreach (var run in placement.Distributed ? runs : [])
                    await context.Database.ExecuteSqlRawAsync(TaskLife.First, [run.RunId], cancellationToken);
                if (key is not null)
                {
                    var first = runs[0].RunId;
                    await context.Database.ExecuteSqlAsync(
                        $"delete from public.idempotency_keys where key = {key} and created_at < clock_timestamp() - {KeysKept}",
                        cancellationToken
                    );
                    // Waits for a transaction that stores the same key, and sees what became of it.
                    var stored = await context.Database.ExecuteSqlAsync(
                        $"""
                        insert into public.idempotency_keys (key, request_hash, run_id) values ({key}, {hash}, {first})
                        on conflict do nothing
                        """,
                        cancellationToken
                    );
                    if (stored == 0)
                        return false;
                }
                await transaction.CommitAsync(cancellationToken);
                return true;
            }
        );
    }

    // Requests of one person at the same moment may exceed it by a few: it keeps one from taking the queue for days, no more.
    private static async Task RequirePlaceAsync(
        LedgerContext context,
        RunPlacement placement,
        int wanted,
        CancellationToken cancellationToken
    )
    {
        if (placement.MostWaiting is not { } most)
            return;
        var waiting = await context.Runs.CountAsync(r => r.Status == RunStatus.Pending && r.StartedBy == placement.By, cancellationToken);
        if (waiting + wanted > most)
            throw LedgerException
                .Of(
                    ErrorCode.QueueFull,
                    $"{CountText.Of(waiting, "run of yours waits", "runs of yours wait")} already; with {wanted} more they "
                        + $"would be above {most}",
                    "Wait for some of them, or cancel those that are not needed."
                )
                .With("waiting", waiting)
                .With("most", most);
    }

    // The row names one dataset, which the database looks after; the others must not go before the run is there.
    private static async Task HoldDatasetsAsync(LedgerContext context, DiscoveryRun run, CancellationToken cancellationToken)
    {
        var ids = RunDatasets.Ids(run).ToArray();
        if (ids.Length == 1)
            return;
        var held = await context
            .Database.SqlQuery<long>($"""select dataset_id as "Value" from public.datasets where dataset_id = any({ids}) for key share""")
            .ToListAsync(cancellationToken);
        if (held.Count < ids.Length)
            throw LedgerException.Of(ErrorCode.DatasetNotFound, $"there is no dataset {ids.Except(held).First()} any more");
    }

    private async Task<Submission?> EarlierAsync(string key, string hash, CancellationToken cancellationToken)
    {
        var since = DateTime.UtcNow - KeysKept;
        var known = (
            await ledger.ReadAsync(
                c => c.IdempotencyKeys.AsNoTracking().Where(k => k.Key == key && k.CreatedAt >= since),
                cancellationToken
            )
        ).FirstOrDefault();
        if (known is null)
            return null;
        if (known.RequestHash != hash)
        {
            throw LedgerException
                .Of(
                    ErrorCode.IdempotencyKeyUsed,
                    $"the idempotency key '{key}' was used for another request, which started run {known.RunId}",
                    "Give each request a key of its own.",
                    "idempotency_key"
                )
                .With("run_id", known.RunId);
        }
        var first = await new RunRepository(ledger).GetAsync(known.RunId, cancellationToken);
        if (first.GroupId is not { } group)
            return new Submission([first], null, true);
        return new Submission(
            await new RunRepository(ledger).ListAsync(
                new RunQuery(Limit: RunSweep.MostRuns) { GroupId = group, Sort = RunOrder.Oldest },
                cancellationToken
            ),
            null,
            true
        );
    }

    // Of what was understood, not of the bytes: a retry may order its fields otherwise. Whether it is a sweep belongs to it.
    private static string HashOf(long dataset, StarFilter filter, IReadOnlyList<RunParameters> parameters, RunPlacement placement) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    JsonSerializer.Serialize(
                        new object[]
                        {
                            dataset,
                            filter.ToJson(),
                            placement.Distributed ? "shared"
                            : placement.GroupId is null ? "run"
                            : "sweep",
                            parameters.Select(p => new[] { p.Algorithm.Name, p.ToJson() }),
                        }
                    )
                )
            )
        );
}
