using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Almagest.Catalog.Files;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>
/// The real FITS and VOTable files hold what astropy finds in them: number of rows, and of every column the missing values, the extremes
/// and sum of the numbers or the hash of the texts. <c>Expected/summarise_with_astropy.py</c> makes the expectations.
/// </summary>
public sealed class AstropyComparisonTests
{
    private static readonly JsonElement s_expected = JsonDocument
        .Parse(new StreamReader(typeof(AstropyComparisonTests).Assembly.GetManifestResourceStream("astropy-summaries.json")!).ReadToEnd())
        .RootElement;

    public static TheoryData<string> Files => [.. s_expected.EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_real_binary_table_holds_what_astropy_finds_in_it(string file)
    {
        // Its first table, though another may be the first with a position.
        using var reader = CatalogFile.Open(
            RealData.File(file),
            file.EndsWith(".fits", StringComparison.Ordinal) ? new CatalogOpenOptions { Table = "1" } : null
        );
        var summaries = reader.Columns.ToDictionary(c => c.Name, _ => new Summary());
        long rows = 0;
        foreach (var batch in reader.ReadBatches(100, TestContext.Current.CancellationToken))
        {
            Assert.Empty(batch.Rejected);
            rows += batch.Count;
            for (var c = 0; c < batch.Columns.Count; c++)
            for (var row = 0; row < batch.Count; row++)
                summaries[reader.Columns[c].Name].Add(batch.Columns[c], row);
        }
        var expected = s_expected.GetProperty(file);
        Assert.Equal(expected.GetProperty("rows").GetInt64(), rows);
        Assert.NotEmpty(expected.GetProperty("columns").EnumerateObject());
        foreach (var column in expected.GetProperty("columns").EnumerateObject())
            summaries[column.Name].AssertEqual($"{file}: {column.Name}", column.Value);
    }

    private sealed class Summary
    {
        private readonly StringBuilder _texts = new();
        private readonly List<double> _reals = [];
        private BigInteger _sum,
            _min,
            _max;
        private long _integers,
            _missing,
            _true,
            _cells;

        public void Add(CatalogVector vector, int row)
        {
            if (_cells++ > 0)
                _texts.Append('\n');
            if (vector.IsNull(row))
                _missing++;
            else if (vector.Misfit(row) is { } misfit)
                AddNumber(misfit);
            else if (vector is DoubleVector doubles)
                _reals.Add(doubles.Values[row]);
            else if (vector is Int64Vector integers)
                AddInteger(integers.Values[row]);
            else if (vector is BooleanVector truths)
                _true += truths.Values[row] == true ? 1 : 0;
            else if (vector is TextVector { Type: ColumnType.Text } texts)
                _texts.Append(texts.Values[row]);
            else if (vector is TextVector json)
                AddArray(JsonDocument.Parse(json.Values[row]!).RootElement);
        }

        private void AddArray(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
                foreach (var item in element.EnumerateArray())
                    AddArray(item);
            else if (element.ValueKind is JsonValueKind.True)
                _true++;
            else if (element.ValueKind is JsonValueKind.Number)
                AddNumber(element.GetRawText());
        }

        private void AddNumber(string text)
        {
            if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                AddInteger(whole);
            else
                _reals.Add(double.Parse(text, CultureInfo.InvariantCulture));
        }

        private void AddInteger(BigInteger value)
        {
            _min = _integers == 0 || value < _min ? value : _min;
            _max = _integers++ == 0 || value > _max ? value : _max;
            _sum += value;
        }

        public void AssertEqual(string what, JsonElement expected)
        {
            if (expected.TryGetProperty("missing", out var missing) && missing.ValueKind == JsonValueKind.Number)
                Assert.True(missing.GetInt64() == _missing, $"{what}: {missing} missing, found {_missing}");
            if (expected.TryGetProperty("sha256", out var hash))
            {
                Assert.True(
                    hash.GetString() == Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_texts.ToString()))),
                    $"{what}: other texts"
                );
                return;
            }
            if (expected.TryGetProperty("true", out var truths))
            {
                Assert.True(truths.GetInt64() == _true, $"{what}: {truths} are true, found {_true}");
                return;
            }
            string[] wanted = ["min", "max", "sum"];
            if (
                _reals.Count == 0
                && wanted.All(n =>
                    BigInteger.TryParse(
                        expected.GetProperty(n).GetString(),
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture,
                        out _
                    )
                )
            )
            {
                Assert.Equal(
                    wanted.Select(n => $"{what} {n} {expected.GetProperty(n).GetString()}"),
                    [$"{what} min {_min}", $"{what} max {_max}", $"{what} sum {_sum}"]
                );
                return;
            }
            // Arrays of numbers come as JSON, in which 2.0 is 2.
            double[] all = _integers > 0 ? [.. _reals, (double)_min, (double)_max] : [.. _reals];
            double Number(string name) =>
                double.Parse(
                    expected.GetProperty(name).GetString()!.Replace("inf", "Infinity", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture
                );
            var single = expected.GetProperty("single").GetBoolean();
            double As(double value) => single ? (float)value : value;
            Assert.True(
                As(Number("min")) == As(all.Length > 0 ? all.Min() : 0),
                $"{what}: minimum {Number("min")}, found {(all.Length > 0 ? all.Min() : 0)}"
            );
            Assert.True(
                As(Number("max")) == As(all.Length > 0 ? all.Max() : 0),
                $"{what}: maximum {Number("max")}, found {(all.Length > 0 ? all.Max() : 0)}"
            );
            double sum = _reals.Sum() + (double)_sum,
                scale = _reals.Sum(Math.Abs) + Math.Abs((double)_sum);
            Assert.True(Math.Abs(Number("sum") - sum) <= (single ? 1e-7 : 1e-11) * scale, $"{what}: sum {Number("sum")}, found {sum}");
        }
    }
}
