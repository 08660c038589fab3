using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Bench.Forest;
using Almagest.Catalog.Writing;

namespace Almagest.Bench.Readers;

/// <summary>STILTS (Taylor 2006) reading every cell of a table: <c>tpipe omode=checksum</c>.</summary>
internal static partial class StiltsReader
{
    private const string Command = "stilts";

    /// <returns>its name with its version; null where it is not installed</returns>
    public static string? Find()
    {
        try
        {
            return Version().Match(ChildProcess.Run(Command, ["-version"])).Value;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Seconds of the best of three, less what a table of ten rows takes: the start of the virtual machine.</summary>
    /// <returns>null for formats that Debian's STILTS does not read, ECSV and Parquet</returns>
    public static (double Seconds, int Rows)? Read(TableFormat format, string file, string few)
    {
        var name = format switch
        {
            TableFormat.Csv => "csv",
            TableFormat.VoTable or TableFormat.VoTableBinary2 => "votable",
            TableFormat.Fits => "fits",
            _ => null,
        };
        if (name is null)
            return null;
        var start = Enumerable.Range(0, 3).Min(_ => Time(name, few).Seconds);
        var passes = Enumerable.Range(0, 3).Select(_ => Time(name, file)).ToList();
        return (Math.Max(0, passes.Min(p => p.Seconds) - start), passes[0].Rows);
    }

    private static (double Seconds, int Rows) Time(string format, string file)
    {
        var watch = Stopwatch.StartNew();
        var output = ChildProcess.Run(Command, ["-Xmx3g", "tpipe", $"in={file}", $"ifmt={format}", "omode=checksum"]);
        var seconds = watch.Elapsed.TotalSeconds;
        return (seconds, int.Parse(Rows().Match(output).Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"STILTS version [0-9][^\s-]*")]
    private static partial Regex Version();

    [GeneratedRegex(@"Nrow: ([0-9]+)")]
    private static partial Regex Rows();
}
