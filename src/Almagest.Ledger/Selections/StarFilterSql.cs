using System.Text;
using Almagest.Catalog.Mapping;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Turns a filter into a WHERE clause over <c>stars</c>; every value is a bound parameter.</summary>
internal static class StarFilterSql
{
    /// <summary>Adds the dataset's and the filter's parameters to the command and answers the condition.</summary>
    public static string Where(NpgsqlCommand command, long datasetId, StarFilter filter)
    {
        var sql = new StringBuilder(
            filter.AlsoDatasets is { Count: > 0 } also
                ? $"dataset_id = any({Bind(command, also.Append(datasetId).ToArray())})"
                : $"dataset_id = {Bind(command, datasetId)}"
        );
        if (filter.Cone is { } cone)
        {
            // Whole HEALPix cells first, by the index; then the exact distance: haversine, stable for small radii.
            var cells = Healpix
                .ConeRanges(cone.RaDeg, cone.DecDeg, cone.RadiusDeg)
                .Select(r => $"healpix_29 between {Bind(command, r.Low)} and {Bind(command, r.High)}");
            sql.Append(" and (").AppendJoin(" or ", cells).Append(')');
            // The square of a very small number is an error to PostgreSQL; these are nothing, and a billionth of an arcsecond.
            var (ra, dec, radius) = (
                Bind(command, Math.Abs(cone.RaDeg) < 1e-15 ? 0 : cone.RaDeg),
                Bind(command, Math.Abs(cone.DecDeg) < 1e-15 ? 0 : cone.DecDeg),
                Bind(command, Math.Max(cone.RadiusDeg, 1e-13))
            );
            sql.Append(
                $" and power(sind((dec_deg - {dec}) / 2), 2) + cosd(dec_deg) * cosd({dec}) * power(sind((ra_deg - {ra}) / 2), 2) <= "
                    + $"power(sind({radius} / 2), 2)"
            );
        }
        if (filter.RaDeg is { } box)
        {
            var wraps = box is { Min: { } a, Max: { } b } && a > b;
            var parts = new List<string>();
            if (box.Min is { } min)
                parts.Add($"ra_deg >= {Bind(command, min)}");
            if (box.Max is { } max)
                parts.Add($"ra_deg <= {Bind(command, max)}");
            if (parts.Count > 0)
                sql.Append(" and (").Append(string.Join(wraps ? " or " : " and ", parts)).Append(')');
        }
        foreach (var (get, column, _) in StarFilter.Ranges.Values)
        {
            if (get(filter) is not { } range)
                continue;
            if (range.Min is { } min)
                sql.Append($" and {column} >= {Bind(command, min)}");
            if (range.Max is { } max)
                sql.Append($" and {column} <= {Bind(command, max)}");
        }
        foreach (var (column, range) in filter.Extra ?? [])
        {
            // A column that holds text in some rows: those rows have no number to compare.
            var name = Bind(command, column);
            var number = $"case when jsonb_typeof(extra -> {name}) = 'number' then (extra ->> {name})::double precision end";
            // Stored with a run when there was no such field: files that are loaded since have the column there.
            if (FurtherField.IndexOf(column) >= 0)
                number = $"coalesce({column}, {number})";
            if (range is { Min: null, Max: null })
                sql.Append($" and {number} is not null");
            if (range.Min is { } min)
                sql.Append($" and {number} >= {Bind(command, min)}");
            if (range.Max is { } max)
                sql.Append($" and {number} <= {Bind(command, max)}");
        }
        if (filter.Quality is { } quality)
            sql.Append(" and ").Append(GaiaQuality.Where(quality, command));
        if (filter.Without is { Count: > 0 } without)
            sql.Append($" and source_id <> all({Bind(command, without.ToArray())})");
        if (filter.Only is { } only)
            sql.Append($" and source_id = any({Bind(command, only.ToArray())})");
        if (filter.Sample is not { } sample)
            return sql.ToString();
        var seed = Bind(command, $"{sample.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}:");
        return $"star_id in (select star_id from public.stars where {sql} order by md5({seed} || source_id)::uuid limit "
            + $"{Bind(command, sample.N)})";
    }

    private static string Bind(NpgsqlCommand command, object value) => GaiaQuality.Bind(command, value);
}
