using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Discovery.Features;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Selections;

/// <summary>The stars of a selection over a dataset that is read where it lies.</summary>
internal sealed class FileSelection(Dataset dataset, InPlaceStars stars, StarFilter filter)
{
    private readonly StarFilterTest _test = new(dataset, filter);

    /// <summary>Looks whether the files are those that were registered, without reading them.</summary>
    public void Require() => InPlaceFiles.Require(dataset);

    public long Count(CancellationToken cancellationToken)
    {
        if (filter == StarFilter.All)
        {
            InPlaceFiles.Require(dataset);
            return dataset.StarCount;
        }
        long count = 0;
        foreach (var batch in stars.Read([.. _test.Fields], cancellationToken))
            count += _test.Of(batch).Count(holds => holds);
        return count;
    }

    /// <summary>Gives each star in ascending order of its id, with the values of the columns.</summary>
    /// <param name="columns">names of columns of numbers</param>
    public void Read(
        string[] columns,
        Action<long, ReadOnlySpan<double>> row,
        IProgress<long>? progress,
        (long First, long Last)? between,
        CancellationToken cancellationToken
    )
    {
        var values = new double[columns.Length];
        long count = 0;
        foreach (var batch in stars.Read([.. columns.Concat(_test.Fields).Distinct()], cancellationToken))
        {
            var from = columns.Select(c => StarNumbers.Of(batch, c)).ToArray();
            var holds = _test.Of(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                if (!holds[i])
                    continue;
                var id = stars.StarId(batch, i);
                if (between is { } part && (id < part.First || id > part.Last))
                    continue;
                for (var c = 0; c < values.Length; c++)
                    values[c] = from[c] is { } known ? known[i] : double.NaN;
                row(id, values);
                count++;
            }
            progress?.Report(count);
        }
    }

    /// <param name="recipes">those whose usable stars are counted</param>
    public ColumnCoverage Coverage(DistanceRule distances, IReadOnlyList<FeatureRecipe> recipes, CancellationToken cancellationToken)
    {
        string[] further =
        [
            StarColumns.ParallaxErrorName,
            StarColumns.RadialVelocityName,
            .. recipes.SelectMany(r => r.Further).Except([StarColumns.ParallaxErrorName, StarColumns.RadialVelocityName]).Distinct(),
        ];
        string[] columns = [.. SelectionLoader.Usual, .. further];
        ColumnCoverage? sum = null;
        foreach (var batch in stars.Read([.. columns.Concat(_test.Fields).Distinct()], cancellationToken))
        {
            var part = ColumnCoverage.Of(Columns(batch, _test.Of(batch), further), distances, recipes);
            sum = sum is null ? part : Add(sum, part);
        }
        return sum ?? ColumnCoverage.Of(StarColumns.None, distances, recipes);
    }

    private StarColumns Columns(StarBatch batch, bool[] holds, string[] further)
    {
        int[] rows = [.. Enumerable.Range(0, batch.Count).Where(i => holds[i])];
        double[] Take(string name) =>
            StarNumbers.Of(batch, name) is { } known ? Array.ConvertAll(rows, i => known[i]) : Array.ConvertAll(rows, _ => double.NaN);
        return new StarColumns
        {
            StarId = Array.ConvertAll(rows, i => stars.StarId(batch, i)),
            RaDeg = Take(StarField.RaDeg),
            DecDeg = Take(StarField.DecDeg),
            ParallaxMas = Take(StarField.ParallaxMas),
            PmraMasYr = Take(StarField.PmraMasYr),
            PmdecMasYr = Take(StarField.PmdecMasYr),
            Magnitude = Take(StarField.Magnitude),
            Color = Take(StarField.Color),
            Further = further.ToDictionary(name => name, Take),
        };
    }

    private static ColumnCoverage Add(ColumnCoverage one, ColumnCoverage other) =>
        new(one.Stars + other.Stars, one.Known.ToDictionary(k => k.Key, k => k.Value + other.Known[k.Key]), one.Distances + other.Distances)
        {
            Rule = one.Rule,
            ParallaxErrors = one.ParallaxErrors + other.ParallaxErrors,
            Usable = one.Usable.ToDictionary(u => u.Key, u => u.Value + other.Usable[u.Key]),
        };
}
