using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Sky;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// Sets units and missing values of a loaded catalogue right without its file, while nothing rests on its values: in one transaction the
/// stars are written anew under their ids, with the load report and the mapping. Values are computed from what the file had, so that they
/// are those that a load with the right unit would have given.
/// </summary>
public sealed class DatasetCorrector(LedgerDatabase ledger)
{
    /// <exception cref="LedgerException">no such dataset or column, a unit that is not one of the field, runs or cross-matches that rest on
    /// the dataset, or values whose original form is not kept: nothing is changed</exception>
    public async Task CorrectAsync(long datasetId, DatasetCorrection correction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(correction);
        if (correction.Units.Count == 0 && correction.Missing.Count == 0)
            throw LedgerException.Of(
                ErrorCode.MissingValue,
                "nothing is said that is to be set right",
                "Give the unit of a column, or a value that means that there is none.",
                "units"
            );
        await DiskSpace.RequireAsync(ledger, 0, cancellationToken);
        await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var work = new Work(connection, datasetId, cancellationToken);
                var report = await work.BeginAsync();
                // Values are as the file has them: before units are set.
                foreach (var missing in correction.Missing)
                    await work.RemoveAsync(report, missing);
                var moved = false;
                foreach (var (name, unit) in correction.Units)
                    moved |= await work.ConvertAsync(report, name, unit.Trim());
                if (moved)
                    await work.PlaceAsync();
                await work.FinishAsync(report, correction.Missing);
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    private sealed class Work(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken)
    {
        private string _checksum = "";

        public async Task<CorrectedReport> BeginAsync()
        {
            // Whoever submits a run or makes a cross-match holds a share of this row: it is there already, or waits.
            var (name, source, mapping, checksum) = await DatasetAsync();
            _checksum = checksum;
            var runs = await CountAsync(
                "select count(*) from public.discovery_runs where dataset_id = $1 or dataset_filter @> $2::jsonb",
                datasetId,
                DatasetRepository.AlsoJson(datasetId)
            );
            var matches = await CountAsync("select count(*) from public.cross_matches where $1 in (dataset_1_id, dataset_2_id)", datasetId);
            var names = await CountAsync("select count(*) from public.run_identifications where dataset_id = $1", datasetId);
            if (runs + matches + names > 0)
                throw LedgerException
                    .Of(
                        ErrorCode.DatasetFixed,
                        $"dataset '{name}' has {CountText.Of(runs, "run", "runs")} and "
                            + CountText.Of(matches, "cross-match", "cross-matches")
                            + (names > 0 ? $", and names clusters of {CountText.Of(names, "run", "runs")}" : "")
                            + ", which rest on its values as they are",
                        "Load the file again, under another name, with the right unit or missing value."
                    )
                    .With("dataset", name)
                    .With("runs", runs)
                    .With("cross_matches", matches);
            var report = new CorrectedReport(source, mapping);
            await connection.ExecuteAsync("create temporary table corrected (like public.stars) on commit drop", cancellationToken);
            await connection.ExecuteAsync(
                "insert into corrected select * from public.stars where dataset_id = $1",
                cancellationToken,
                datasetId
            );
            return report;
        }

        private async Task<(string Name, string Source, string Mapping, string Checksum)> DatasetAsync()
        {
            await using var command = new NpgsqlCommand(
                "select name, source::text, column_mapping::text, checksum from public.datasets where dataset_id = $1 for update",
                connection
            )
            {
                Parameters = { new() { Value = datasetId } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))
                : throw LedgerException.Of(ErrorCode.DatasetNotFound, $"there is no dataset {datasetId}", null, "dataset");
        }

        /// <summary>Makes a value missing wherever it stands in one column, or in all.</summary>
        public async Task RemoveAsync(CorrectedReport report, MissingValue missing)
        {
            // A narrow float of the file was widened.
            double[] numbers = double.TryParse(missing.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? [.. new[] { number, (float)number }.Distinct()]
                : [];
            var columns = missing.Column is { } name ? [report.Find(name, "missing")] : report.Columns.ToList();
            foreach (var column in columns)
            {
                if (column.IsPosition || column.IsWord)
                {
                    await RequireNoneAsync(column, missing, numbers);
                    continue;
                }
                var (count, least, greatest) =
                    column.Plain.Count > 0
                        ? await RemoveFromFieldsAsync(column, numbers, missing.Column is not null)
                        : await RemoveBesideAsync(column, missing.Text, numbers);
                if (count > 0)
                    report.SetMissing(column, missing.Text, numbers, count, least, greatest);
            }
        }

        /// <summary>A star without a position or an identifier is none.</summary>
        private async Task RequireNoneAsync(CorrectedColumn column, MissingValue missing, double[] numbers)
        {
            if (missing.Column is not null)
                throw column.Lost("a star without it would not have been loaded");
            foreach (var field in column.Plain)
            {
                var count = field switch
                {
                    StarField.SourceId => await CountAsync("select count(*) from corrected where source_id = $1", missing.Text),
                    StarField.RaDeg or StarField.DecDeg => await CountAsync(
                        $"select count(*) from corrected where {field} = any ($1)",
                        Scaled(numbers, column.Unit(field).Factor)
                    ),
                    _ => 0,
                };
                if (count > 0)
                    throw column.Lost(
                        $"{CountText.Of(count, "star has", "stars have")} {missing.Text} there, and would not have been loaded"
                    );
            }
        }

        private async Task<(long Count, double? Least, double? Greatest)> RemoveFromFieldsAsync(
            CorrectedColumn column,
            double[] numbers,
            bool isNamed
        )
        {
            if (numbers.Length == 0)
                return default;
            long count = 0;
            double? least = null,
                greatest = null;
            foreach (var field in column.Plain)
            {
                var unit = column.Unit(field);
                var stored = Scaled(numbers, unit.Factor);
                var there = await CountAsync($"select count(*) from corrected where {field} = any ($1)", stored);
                if (there == 0 && !unit.TimesCosDec)
                    continue;
                if (unit.TimesCosDec && !isNamed)
                    continue;
                if (unit.TimesCosDec)
                    throw column.Lost($"{field} was multiplied by the cosine of the declination");
                column.RequireOriginal();
                foreach (var made in column.RatiosOf.Concat(column.Combined))
                    await connection.ExecuteAsync(
                        $"update corrected set {made} = null where {field} = any ($1)",
                        cancellationToken,
                        stored
                    );
                count = await connection.ExecuteAsync(
                    $"update corrected set {field} = null where {field} = any ($1)",
                    cancellationToken,
                    stored
                );
                (least, greatest) = await RangeAsync(
                    $"select min({field}), max({field}) from corrected where {field} <> 'NaN'",
                    unit.Factor
                );
            }
            return (count, least, greatest);
        }

        /// <summary>From the columns that are kept beside the fields, as JSON.</summary>
        private async Task<(long Count, double? Least, double? Greatest)> RemoveBesideAsync(
            CorrectedColumn column,
            string text,
            double[] numbers
        )
        {
            var name = column.Report.Name;
            // As JSON writes them: exact, where a column of integers has more digits than a double.
            var written = numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)).ToArray();
            const string There = """
                case jsonb_typeof(extra -> $1)
                  when 'number' then (extra ->> $1)::numeric = any ($2::text[]::numeric[])
                  when 'string' then extra ->> $1 = $3
                end
                """;
            foreach (var made in column.RatiosOf.Concat(column.Combined))
                await connection.ExecuteAsync($"update corrected set {made} = null where {There}", cancellationToken, name, written, text);
            var count = await connection.ExecuteAsync(
                $"update corrected set extra = nullif(extra - $1, '{{}}') where {There}",
                cancellationToken,
                name,
                written,
                text
            );
            if (count == 0)
                return default;
            var (least, greatest) = await RangeAsync(
                "select min((extra ->> $1)::double precision), max((extra ->> $1)::double precision) from corrected "
                    + "where jsonb_typeof(extra -> $1) = 'number'",
                1,
                name
            );
            return (count, least, greatest);
        }

        /// <summary>Sets the unit of one column.</summary>
        /// <returns>positions have changed</returns>
        public async Task<bool> ConvertAsync(CorrectedReport report, string name, string unit)
        {
            var column = report.Find(name, "units");
            if (unit.Length == 0)
                throw LedgerException.Invalid("units", $"the unit of '{name}' is empty", "Write for instance mas or hours.");
            if (column.PartOf is { } whole)
                throw column.Lost($"it is one of the parts of {whole}");
            if (column.IsWord)
                throw LedgerException.Invalid("units", $"column '{column.Report.Name}' is {column.Plain[0]}, which has no unit");
            if (column.Combined.Count > 0)
                throw column.Lost($"{column.Combined[0]} was computed from it and another column");
            string? note = null;
            foreach (var field in column.Plain)
            {
                var next =
                    FieldUnit.Of(field, unit)
                    ?? throw LedgerException.Invalid(
                        "units",
                        $"'{unit}' is not a unit of {field}, which column '{column.Report.Name}' is",
                        $"Expected {FieldUnit.Expected(field)}."
                    );
                column.RequireOriginal();
                if (column.Report.Type == "text")
                    throw column.Lost("they are texts, such as 12:34:56.7");
                var rejected = await CountAsync(
                    "select count(*) from public.rejected_rows where dataset_id = $1 and field = $2",
                    datasetId,
                    field
                );
                if (rejected > 0 && column.IsPosition)
                    throw column.Lost($"{CountText.Of(rejected, "row was", "rows were")} left out for {field}");
                if (field == StarField.DecDeg && report.Columns.Any(c => c.Plain.Any(c.IsTimesCosDec)))
                    throw column.Lost("proper motions were multiplied by the cosine of the declination");
                if (FurtherField.All.Any(f => f.Name == field && f.Kind == FieldKind.Correlation))
                    throw column.Lost($"what is not from -1 to 1 is no {field}, and was left out");
                await ScaleAsync(field, column.Unit(field), next);
                foreach (var ratio in column.RatiosOf)
                    await connection.ExecuteAsync(
                        $"update corrected set {ratio} = {ratio} * $1",
                        cancellationToken,
                        next.Factor / column.Unit(field).Factor
                    );
                note = next.Note;
            }
            report.SetUnit(column, unit, note);
            return column.IsPosition;
        }

        private Task<int> ScaleAsync(string field, FieldUnit from, FieldUnit to)
        {
            // What the file had, where the division leaves a last digit behind: the shortest number that gives what is stored.
            var original = from is { Factor: 1, TimesCosDec: false }
                ? field
                : $"case when ({field} / f)::numeric::double precision * f = {field} "
                    + $"then ({field} / f)::numeric::double precision else {field} / f end";
            var factor = "$1" + (from.TimesCosDec ? " * cosd(dec_deg)" : "");
            var value = $"({original}) * $2" + (to.TimesCosDec ? " * cosd(dec_deg)" : "");
            return connection.ExecuteAsync(
                $"""
                update corrected c set {field} = v.value
                from (select star_id, {value} as value from (select *, {factor} as f from corrected) x
                      where {field} is not null and {field} not in ('Infinity', '-Infinity', 'NaN')) v
                where c.star_id = v.star_id
                """.Replace("$1", Literal(from.Factor), StringComparison.Ordinal).Replace(
                    "$2",
                    Literal(to.Factor),
                    StringComparison.Ordinal
                ),
                cancellationToken
            );
        }

        private static string Literal(double number) => $"'{number.ToString("R", CultureInfo.InvariantCulture)}'::double precision";

        /// <summary>Checks positions that have changed, and finds their cells.</summary>
        public async Task PlaceAsync()
        {
            await connection.ExecuteAsync("update corrected set ra_deg = 0 where ra_deg = 360", cancellationToken);
            var outside = await CountAsync(
                "select count(*) from corrected where not (ra_deg >= 0 and ra_deg < 360 and dec_deg between -90 and 90)"
            );
            if (outside > 0)
                throw LedgerException.Invalid(
                    "units",
                    $"with this unit {CountText.Of(outside, "position lies", "positions lie")} outside the sky",
                    "Right ascensions are in [0, 360) degrees, declinations in [-90, 90]. Nothing was changed."
                );
            var stars = new List<(long Id, double Ra, double Dec)>();
            await using (
                var command = new NpgsqlCommand("select star_id, ra_deg, dec_deg from corrected", connection) { CommandTimeout = 0 }
            )
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                while (await reader.ReadAsync(cancellationToken))
                    stars.Add((reader.GetInt64(0), reader.GetDouble(1), reader.GetDouble(2)));
            await connection.ExecuteAsync("create temporary table cells (star_id bigint, cell bigint) on commit drop", cancellationToken);
            await using (var copy = await connection.BeginBinaryImportAsync("copy cells from stdin (format binary)", cancellationToken))
            {
                copy.Timeout = TimeSpan.FromHours(1);
                foreach (var (id, ra, dec) in stars)
                {
                    copy.StartRow();
                    copy.Write(id, NpgsqlDbType.Bigint);
                    copy.Write(Healpix.AngToPix(29, ra, dec), NpgsqlDbType.Bigint);
                }
                await copy.CompleteAsync(cancellationToken);
            }
            await connection.ExecuteAsync(
                "update corrected c set healpix_29 = n.cell from cells n where n.star_id = c.star_id",
                cancellationToken
            );
        }

        /// <summary>The stars are taken out and put in again, which the views' triggers follow.</summary>
        public async Task FinishAsync(CorrectedReport report, IReadOnlyList<MissingValue> missing)
        {
            await connection.ExecuteAsync("delete from public.stars where dataset_id = $1", cancellationToken, datasetId);
            await connection.ExecuteAsync(
                "insert into public.stars overriding system value select * from corrected order by star_id",
                cancellationToken
            );
            await LedgerLayout.AfterStarsAsync(connection, datasetId, cancellationToken);
            await connection.ExecuteAsync(
                "update public.datasets set source = $2::jsonb, column_mapping = $3::jsonb, checksum = $4 where dataset_id = $1",
                cancellationToken,
                datasetId,
                report.Source,
                report.Mapping,
                missing.Count == 0 ? _checksum : CatalogIngestor.Identity([_checksum, .. missing.Select(CatalogIngestor.Choice)])
            );
        }

        private async Task<long> CountAsync(string sql, params object[] parameters)
        {
            await using var command = Command(sql, parameters);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        /// <summary>The least and the greatest, as the file has them.</summary>
        private async Task<(double? Least, double? Greatest)> RangeAsync(string sql, double factor, params object[] parameters)
        {
            await using var command = Command(sql, parameters);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (Original(0), Original(1));

            double? Original(int column) =>
                reader.IsDBNull(column) ? null
                : factor == 1 ? reader.GetDouble(column)
                : double.Parse(
                    (reader.GetDouble(column) / factor).ToString("G15", CultureInfo.InvariantCulture),
                    CultureInfo.InvariantCulture
                );
        }

        private NpgsqlCommand Command(string sql, object[] parameters)
        {
            var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            foreach (var value in parameters)
                command.Parameters.Add(new() { Value = value });
            return command;
        }

        private static double[] Scaled(double[] numbers, double factor) => [.. numbers.Select(n => n * factor).Distinct()];
    }
}
