using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;

namespace Almagest.Runs.Requests;

/// <summary>
/// What a run holds in memory, estimated before it starts: whether it takes its stars by tiles, or holds them all, or cannot be done here.
/// How the numbers were measured: <c>bench/results/scale.md</c>.
/// </summary>
internal sealed record RunMemory
{
    /// <summary>Of the memory that the program may use, so much is left for all else.</summary>
    private const double Share = 0.8;

    /// <summary>The program itself, and what runs of any size take.</summary>
    private const long Base = 160L << 20;

    /// <summary>What is known of a cluster, until it is stored and shown.</summary>
    private const long BytesOfCluster = 1000;

    /// <summary>In this program, now: what the machine has, or what a container or <c>DOTNET_GCHeapHardLimit</c> leaves of it.</summary>
    public static RunMemory Here => new() { AvailableBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes };

    public required long AvailableBytes { get; init; }

    /// <summary>A run on its own that would hold more than this takes its stars by tiles, where its algorithm can.</summary>
    public long MostHeld { get; init; } = 96L << 20;

    /// <summary>Bytes that a run holds of each star where it holds all.</summary>
    /// <param name="parameters">with a recipe</param>
    public static long BytesOfStar(RunParameters parameters)
    {
        var features = NeededNumbers.Recipe(parameters).Features.Count;
        // Lists double as they grow; later, the stars that can be analysed are beside all.
        var loaded = 2L * sizeof(double) * (8 + NeededNumbers.WithDraws(parameters).Length);
        return loaded + 2 * sizeof(double) * features + parameters.Algorithm.WorkBytes(parameters, features);
    }

    /// <summary>Bytes on disk of each star where a run takes its stars by tiles.</summary>
    public static long DiskBytesOfStar(RunParameters parameters)
    {
        var features = NeededNumbers.Recipe(parameters).Features.Count;
        // Stars twice, where some are left out; features, and as many again for columns and the robust covariance; scores, draws, and the
        // rows of the hash with their ids.
        return 2L * sizeof(double) * (8 + NeededNumbers.WithDraws(parameters).Length)
            + 3 * sizeof(double) * features
            + 200
            + parameters.Algorithm.FileBytes(parameters, features);
    }

    /// <summary>What runs may take of it.</summary>
    public long UsableBytes => (long)(Share * AvailableBytes);

    /// <summary>How many stars a run can hold.</summary>
    public long MostStars(RunParameters parameters) => Math.Max(0, UsableBytes - Base) / BytesOfStar(parameters);

    /// <summary>Whether a run takes its stars by tiles.</summary>
    /// <param name="shared">whether others use the same stars, which are held for them as long as there is room</param>
    public bool IsByTiles(RunParameters parameters, long stars, bool shared) =>
        parameters.Algorithm.TakesTiles(parameters)
        && (stars > MostStars(parameters) / (shared ? 2 : 1) || (!shared && stars * BytesOfStar(parameters) > MostHeld));

    /// <summary>Refuses a run that would hold more than there is.</summary>
    /// <param name="stars">of its selection</param>
    /// <exception cref="LedgerException">it cannot be done here</exception>
    public void Require(RunParameters parameters, long stars)
    {
        if (!parameters.Algorithm.TakesTiles(parameters))
            RequireAtOnce(parameters, stars, parameters.Algorithm.Name, Remedy(parameters, stars));
    }

    /// <summary>Refuses a search for the distances between neighbours that would hold more than there is.</summary>
    /// <inheritdoc cref="Require"/>
    public void RequireDistances(RunParameters parameters, long stars) =>
        RequireAtOnce(
            parameters with
            {
                Draws = 0,
            },
            stars,
            "the distance to the k-th neighbour",
            "Narrow the filter, take a sample, which is thinner and suggests a larger eps than all stars would, or use a machine with "
                + "more memory."
        );

    private void RequireAtOnce(RunParameters parameters, long stars, string subject, string remedy)
    {
        if (stars <= MostStars(parameters))
            return;
        throw TooLarge(
                $"{subject} looks at all {Count(stars)} stars of the selection at once, which takes some ",
                NeededBytes(parameters, stars),
                $"{Count(BytesOfStar(parameters))} bytes a star",
                $"{Count(MostStars(parameters))} stars",
                remedy,
                "filter"
            )
            .With("stars", stars)
            .With("most_stars", MostStars(parameters));
    }

    /// <summary>Refuses clusters that would take more than there is, of a run that does not hold its stars.</summary>
    /// <exception cref="LedgerException">they are too many</exception>
    public void RequireClusters(long clusters)
    {
        var most = Math.Max(0, UsableBytes - Base) / BytesOfCluster;
        if (clusters <= most)
            return;
        throw TooLarge(
                $"the run found {Count(clusters)} clusters, which take some ",
                Base + clusters * BytesOfCluster,
                $"{Count(BytesOfCluster)} bytes a cluster",
                $"{Count(most)} clusters",
                "So many are hardly clusters: take a larger min_samples, or an eps that does not make one of every few stars.",
                "parameters"
            )
            .With("clusters", clusters)
            .With("most_clusters", most);
    }

    private LedgerException TooLarge(string what, long needed, string each, string most, string remedy, string field) =>
        LedgerException
            .Of(
                ErrorCode.SelectionTooLarge,
                $"{what}{Written(needed, up: true)}: {Written(Base)} for the program, and {each}; "
                    + $"of the {Written(AvailableBytes)} that the program may use, four fifths are for it, {Written(UsableBytes)}, "
                    + $"enough for {most}",
                remedy,
                field
            )
            .With("needed_bytes", needed)
            .With("usable_bytes", UsableBytes)
            .With("available_bytes", AvailableBytes);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static long NeededBytes(RunParameters parameters, long stars) => Base + stars * BytesOfStar(parameters);

    /// <summary>What would do, of what finds the same sort of thing.</summary>
    private string Remedy(RunParameters parameters, long stars)
    {
        var ways = new List<string> { "Narrow the filter", "take a sample", "use a machine with more memory" };
        if (parameters.Draws > 0 && stars <= MostStars(parameters with { Draws = 0 }))
            ways.Add("do without draws within the errors (draws 0)");
        var others = Almagest
            .Discovery.Registry.Algorithms.Of(parameters.Algorithm.RunType)
            // What works in the units of the catalogue asks for features of its own.
            .Where(a => a != parameters.Algorithm && a.Standardises == parameters.Algorithm.Standardises)
            .ToList();
        // Where none does, whoever asked has been told what there is.
        if (others.Where(a => a.TakesTiles(a.Defaults)).Select(a => a.Name).ToList() is { Count: > 0 } any)
            ways.Add($"take an algorithm that needs no more memory for more stars ({string.Join(", ", any)})");
        return $"{string.Join(", ", ways[..^1])}, or {ways[^1]}.";
    }

    /// <summary>What is needed is rounded up and what is there down, so that the one is never less than the other where it is
    /// more.</summary>
    private static string Written(long bytes, bool up = false)
    {
        var (unit, name, steps) = bytes < 10L << 30 ? (1L << 20, "MiB", 1) : (1L << 30, "GiB", 10);
        var whole = bytes * steps / (double)unit;
        return string.Create(CultureInfo.InvariantCulture, $"{(up ? Math.Ceiling(whole) : Math.Floor(whole)) / steps:#,0.#} {name}");
    }
}
