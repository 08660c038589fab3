using System.Text.Json;
using Almagest.Bench.Forest;
using Almagest.Catalog.Writing;

namespace Almagest.Bench.Readers;

/// <summary>
/// astropy's reading of a whole table, by <c>bench/compare/readers_astropy.py</c>, which installs it where it is missing.
/// </summary>
internal sealed class AstropyReader(string script)
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Null, and the reason, where there is no such Python or no checkout above this program.</summary>
    public static (AstropyReader? Reader, string? Reason) Find()
    {
        if (!File.Exists(Python))
            return (null, $"{Python} is not there");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "bench", "compare", "readers_astropy.py");
            if (File.Exists(script))
                return (new AstropyReader(script), null);
        }
        return (null, "bench/compare is not above this program: the yardsticks need a checkout");
    }

    /// <summary>With its version.</summary>
    public string? Name { get; private set; }

    /// <returns>null for formats that it does not read without further packages</returns>
    public (double Seconds, int Rows)? Read(TableFormat format, string file)
    {
        var name = format switch
        {
            TableFormat.Csv => "csv",
            TableFormat.Ecsv => "ecsv",
            TableFormat.VoTable or TableFormat.VoTableBinary2 => "votable",
            TableFormat.Fits => "fits",
            _ => null,
        };
        if (name is null)
            return null;
        using var json = JsonDocument.Parse(ChildProcess.Run(Python, [script, name, file]));
        Name = json.RootElement.GetProperty("name").GetString();
        return (json.RootElement.GetProperty("seconds").GetDouble(), json.RootElement.GetProperty("rows").GetInt32());
    }
}
