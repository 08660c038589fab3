using System.Globalization;
using Almagest.Contract.Comparison;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Discovery.Changes;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>What is to be compared.</summary>
/// <param name="Dataset1">name or id</param>
/// <param name="Epoch1">Julian year of its positions, where the dataset does not say it</param>
public sealed record DatasetComparisonRequest(
    string Dataset1,
    string Dataset2,
    PairingChoice? Pairing = null,
    double? Epoch1 = null,
    double? Epoch2 = null
);

/// <summary>Two tables of the same stars, compared. It has both in memory, and its place among work of that kind, until it is disposed
/// of.</summary>
public sealed class DatasetComparison : IDisposable
{
    private readonly IDisposable _place;

    internal DatasetComparison(StarPairing pairing, DatasetComparisonResource resource, SideBySide tables, IDisposable place) =>
        (Pairing, Resource, Tables, _place) = (pairing, resource, tables, place);

    public StarPairing Pairing { get; }

    public DatasetComparisonResource Resource { get; }

    internal SideBySide Tables { get; }

    public void Dispose() => _place.Dispose();
}

/// <summary>Compares two tables of the same stars: who is in both, and by how much each measurement moved. Both tables are in memory
/// meanwhile, 136 bytes a star.</summary>
public sealed class DatasetComparer(LedgerDatabase ledger)
{
    /// <summary>Errors that are so much smaller or larger than the scatter tells are worth a word.</summary>
    private const double LeastScatter = 0.85,
        MostScatter = 1.15;

    private const int LeastPairs = 100;

    /// <summary>Rows whose further columns are looked at.</summary>
    private const int Looked = 1000;

    /// <param name="stage">told what is being done</param>
    /// <returns>to be disposed of</returns>
    /// <exception cref="LedgerException">no such dataset, nothing says which stars are the same, or an epoch is out of range</exception>
    public async Task<DatasetComparison> CompareAsync(
        DatasetComparisonRequest request,
        Action<string>? stage = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireYear("epoch_1", request.Epoch1);
        RequireYear("epoch_2", request.Epoch2);
        var (first, second) = (
            await FindAsync(request.Dataset1, "dataset_1", cancellationToken),
            await FindAsync(request.Dataset2, "dataset_2", cancellationToken)
        );
        var place = await LargeWork.Answers.TakeAsync(cancellationToken);
        try
        {
            return await CompareAsync(request, first, second, place, stage, cancellationToken);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private async Task<DatasetComparison> CompareAsync(
        DatasetComparisonRequest request,
        Dataset first,
        Dataset second,
        IDisposable place,
        Action<string>? stage,
        CancellationToken cancellationToken
    )
    {
        stage?.Invoke("finding the same stars");
        var pairing = await new PairingReader(ledger).ReadAsync(first, second, request.Pairing ?? new PairingChoice(), cancellationToken);
        var (epoch1, epoch2) = (request.Epoch1 ?? pairing.Epoch1, request.Epoch2 ?? pairing.Epoch2);
        var loader = new SelectionLoader(ledger);
        stage?.Invoke($"reading {first.Name}");
        var stars1 = await loader.LoadAsync(first.DatasetId, StarFilter.All, SideBySide.Further, null, cancellationToken);
        stage?.Invoke($"reading {second.Name}");
        var stars2 = await loader.LoadAsync(second.DatasetId, StarFilter.All, SideBySide.Further, null, cancellationToken);
        var tables = new SideBySide(
            stars1,
            stars2,
            [.. pairing.Stars1.Select(id => Array.BinarySearch(stars1.StarId, id))],
            [.. pairing.Stars2.Select(id => Array.BinarySearch(stars2.StarId, id))],
            epoch1 is { } a && epoch2 is { } b ? b - a : double.NaN
        );
        stage?.Invoke("comparing");
        var quantities = await Task.Run(() => Quantity.All.Select(q => Of(tables, q)).ToList(), cancellationToken);
        var (columns1, columns2) = (await ColumnsAsync(first, cancellationToken), await ColumnsAsync(second, cancellationToken));
        var (sky1, sky2) = (
            await CoveredSky.ReadAsync(ledger, first, cancellationToken),
            await CoveredSky.ReadAsync(ledger, second, cancellationToken)
        );
        return new DatasetComparison(
            pairing,
            new DatasetComparisonResource(
                first.Name,
                second.Name,
                stars1.Count,
                stars2.Count,
                epoch1,
                epoch2,
                tables.IsCarried,
                pairing.ToResource(),
                Unpaired(stars1, tables.Rows1, pairing.Ambiguous1, sky2, stars2),
                Unpaired(stars2, tables.Rows2, pairing.Ambiguous2, sky1, stars1),
                [.. quantities.Where(q => q.Pairs + q.Lost + q.Gained > 0)],
                [.. columns1.Except(columns2)],
                [.. columns2.Except(columns1)],
                [.. Notes(first, second, epoch1, epoch2, tables, quantities)]
            ),
            tables,
            place
        );
    }

    private static QuantityChange Of(SideBySide tables, Quantity quantity)
    {
        var pairs = tables.Pairs;
        var (differences, errors1, errors2, combined) = (new double[pairs], new double[pairs], new double[pairs], new double[pairs]);
        long lost = 0,
            gained = 0;
        for (var i = 0; i < pairs; i++)
        {
            var (has1, has2) = (quantity.Has1(tables, i), quantity.Has2(tables, i));
            lost += has1 && !has2 ? 1 : 0;
            gained += has2 && !has1 ? 1 : 0;
            (differences[i], errors1[i], errors2[i], combined[i]) = has1 && has2 ? quantity.Of(tables, i) : Difference.None;
        }
        var s = DifferenceStatistics.Of(differences, errors1, errors2, combined);
        var errors = s.WithErrors > 0;
        return new QuantityChange(
            quantity.Name,
            quantity.Unit,
            s.Pairs,
            lost,
            gained,
            s.Same,
            Known(s.Shift),
            Known(s.ShiftError),
            s.IsSystematic,
            Known(s.Scatter),
            s.WithErrors,
            Known(s.Error1),
            Known(s.Error2),
            Known(s.SigmaScatter),
            errors ? s.Beyond3 : null,
            errors ? s.Expected3 : null,
            errors ? s.Beyond5 : null,
            errors ? s.Expected5 : null
        );
    }

    private static UnpairedStars Unpaired(
        StarColumns stars,
        int[] paired,
        IReadOnlySet<long> ambiguous,
        CoveredSky otherSky,
        StarColumns other
    )
    {
        var has = new bool[stars.Count];
        foreach (var row in paired)
            has[row] = true;
        int[] alone = [.. Enumerable.Range(0, stars.Count).Where(row => !has[row] && !ambiguous.Contains(stars.StarId[row]))];
        // Of a handful of stars a limit would be their faintest star.
        var limit = other.Count < LeastPairs ? double.NaN : OrderStatistics.Percentile(other.Magnitude, 99);
        long outside = 0,
            fainter = 0;
        foreach (var row in alone)
        {
            if (!otherSky.Holds(stars.RaDeg[row], stars.DecDeg[row]))
                outside++;
            else if (stars.Magnitude[row] > limit)
                fainter++;
        }
        return new UnpairedStars(
            alone.Length,
            outside,
            fainter,
            Known(OrderStatistics.Median(Array.ConvertAll(alone, row => stars.Magnitude[row])))
        );
    }

    private static IEnumerable<string> Notes(
        Dataset first,
        Dataset second,
        double? epoch1,
        double? epoch2,
        SideBySide tables,
        IReadOnlyList<QuantityChange> quantities
    )
    {
        if (double.IsNaN(tables.Years))
            yield return $"The epoch of {(epoch1 is null ? $"'{first.Name}'" : $"'{second.Name}'")}"
                + $"{(epoch1 is null && epoch2 is null ? $" and of '{second.Name}'" : "")} is not known: positions are compared as they "
                + "stand, and stars that moved by their proper motion between the epochs look changed.";
        else if (tables.IsCarried)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Positions of {epoch1:0.0###} were carried to {epoch2:0.0###} by their proper motions before they were compared."
            );
        foreach (var field in new[] { "magnitude", "color" })
        {
            var (one, two) = (Mapped(first, field), Mapped(second, field));
            if (one is not null && two is not null && !one.Equals(two, StringComparison.OrdinalIgnoreCase))
                yield return $"The {(field == "color" ? "colour" : field)} is {one} in '{first.Name}' and {two} in '{second.Name}'; if "
                    + "these are other bands, their difference is no change.";
        }
        if (quantities.Any(q => q.SigmaScatter < LeastScatter && q.WithErrors >= LeastPairs))
            yield return "Where the scatter is below 1 σ, the two tables rest on common observations, or their errors are too large: σ "
                + "takes them for independent.";
        if (quantities.Any(q => q.SigmaScatter > MostScatter && q.WithErrors >= LeastPairs))
            yield return "Where the scatter is above 1 σ, the errors of one table or of both are too small for these differences.";
    }

    private static string? Mapped(Dataset dataset, string field) =>
        DatasetResource.ParseMapping(dataset.ColumnMapping).GetValueOrDefault(field);

    /// <summary>Fields of stars that were read from its file, and its further columns.</summary>
    private async Task<List<string>> ColumnsAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var fields = DatasetResource.ParseMapping(dataset.ColumnMapping).Keys.ToList();
        await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select distinct jsonb_object_keys(extra) from (
                      select extra from public.stars where dataset_id = $1 and jsonb_typeof(extra) = 'object' limit $2) s order by 1
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = dataset.DatasetId },
                        new() { Value = Looked },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    fields.Add(reader.GetString(0));
            },
            cancellationToken
        );
        return fields;
    }

    private async Task<Dataset> FindAsync(string name, string field, CancellationToken cancellationToken)
    {
        try
        {
            return await new DatasetRepository(ledger).FindAsync(name, cancellationToken);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.NotFound)
        {
            throw e.Of(field);
        }
    }

    private static void RequireYear(string name, double? value)
    {
        if (value is { } year && !(year is >= 1000 and <= 3000))
            throw LedgerException.Invalid(name, $"{name} is {year}, expected a Julian year from 1000 to 3000, such as 2016.0");
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
