using System.Text;
using System.Text.RegularExpressions;

namespace Almagest.Catalog.Input;

/// <summary>What a file is by its first bytes, whatever its name says.</summary>
internal enum ContentKind
{
    DelimitedText,
    Ecsv,
    VoTable,
    Fits,
    Parquet,
    Cds,
    Ipac,
}

internal static partial class ContentSniffer
{
    private const string Expected = $"Expected a table of stars: {ReadableFormats.Words}.";

    /// <exception cref="CatalogFormatException">it is none that Almagest reads; the message says what it is</exception>
    public static ContentKind Detect(CatalogInput input)
    {
        var sample = input.Sample.Span;
        if (sample.StartsWith("SIMPLE  ="u8))
            return ContentKind.Fits;
        if (sample.StartsWith("PAR1"u8))
            return ContentKind.Parquet;
        if (Binary(sample) is { } found)
            throw Refuse(input, found.What, found.Advice);

        var head = Encoding.Latin1.GetString(sample[..Math.Min(sample.Length, 64 * 1024)]).TrimStart();
        if (head.Length == 0)
            throw Refuse(input, "only blank lines", "");
        if (head.StartsWith('<'))
            return Markup(input, head);
        if (head.StartsWith("# %ECSV", StringComparison.Ordinal) || head.StartsWith("#%ECSV", StringComparison.Ordinal))
            return ContentKind.Ecsv;
        if (Latex().IsMatch(head))
            throw Refuse(
                input,
                "a table of LaTeX",
                "Write it as ECSV, for example with astropy: `Table.read(F, format='latex').write(G, format='ascii.ecsv')`; "
                    + "a deluxetable is read with format='aastex'."
            );
        if (Daophot().IsMatch(head))
            throw Refuse(
                input,
                "a table of DAOPHOT, whose positions are pixels of an image",
                "Bring them to the sky first, for example with astropy: `t = Table.read(F, format='ascii.daophot')`, then "
                    + "WCS.pixel_to_world, and write ra and dec in degrees as ECSV."
            );
        if (Json().IsMatch(head))
            throw Refuse(input, "JSON", "Write the table as CSV, for example with pandas: `pandas.read_json(F).to_csv(G, index=False)`.");
        if (IpacHeader().Match(head) is { Success: true } bars && (head[0] == '\\' || IpacTypes(bars.Groups["types"].Value)))
            return ContentKind.Ipac;
        if (
            head.Contains("Byte-by-byte Description", StringComparison.OrdinalIgnoreCase)
            || head.Contains("Byte-per-byte Description", StringComparison.OrdinalIgnoreCase)
        )
            return ContentKind.Cds;
        return ContentKind.DelimitedText;
    }

    /// <summary>Each part between the bars is a type of IPAC, in full or as one letter.</summary>
    private static bool IpacTypes(string line)
    {
        var parts = line.Trim().Trim('|').Split('|').Select(p => p.Trim(' ', '\t', '-').ToLowerInvariant()).ToArray();
        return parts.All(p =>
                p
                    is ""
                        or "int"
                        or "integer"
                        or "i"
                        or "long"
                        or "l"
                        or "double"
                        or "d"
                        or "float"
                        or "f"
                        or "real"
                        or "r"
                        or "char"
                        or "c"
                        or "date"
                        or "text"
                        or "t"
                        or "bool"
                        or "boolean"
            ) && parts.Any(p => p.Length > 0);
    }

    private static ContentKind Markup(CatalogInput input, string head)
    {
        if (head.Contains("<VOTABLE", StringComparison.Ordinal) || head.Contains(":VOTABLE", StringComparison.Ordinal))
            return ContentKind.VoTable;
        if (Html().IsMatch(head))
        {
            var title = HtmlTitle().Match(head) is { Success: true } m ? $" titled \"{RejectedRow.Clip(m.Groups[1].Value.Trim())}\"" : "";
            throw Refuse(
                input,
                $"a web page{title}",
                "The server may have answered with an error or a login page: open the address in a browser. A table in it can be "
                    + "written as CSV, for example with pandas: `pandas.read_html(F)[0].to_csv(G, index=False)`."
            );
        }
        if (head.StartsWith("<table", StringComparison.OrdinalIgnoreCase))
            throw Refuse(
                input,
                "a table of HTML",
                "Write it as CSV, for example with pandas: `pandas.read_html(F)[0].to_csv(G, index=False)`."
            );
        throw Refuse(input, "XML without a VOTABLE element", "");
    }

    private static (string What, string Advice)? Binary(ReadOnlySpan<byte> s)
    {
        const string Unpack = "Unpack it first.";
        if (s.StartsWith("PK\u0003\u0004"u8))
            return ("a ZIP archive or an Excel or LibreOffice workbook", "Unpack the archive, or save the sheet as CSV.");
        if (s.StartsWith(new byte[] { 0xd0, 0xcf, 0x11, 0xe0 }))
            return ("an old Excel workbook", "Save the sheet as CSV.");
        if (s.StartsWith("BZh"u8))
            return ("bzip2 data", "Unpack it with `bunzip2`, or compress with gzip.");
        if (s.StartsWith(new byte[] { 0xfd, 0x37, 0x7a, 0x58, 0x5a }))
            return ("xz data", "Unpack it with `unxz`, or compress with gzip.");
        if (s.StartsWith(new byte[] { 0x28, 0xb5, 0x2f, 0xfd }))
            return ("Zstandard data", "Unpack it with `unzstd`, or compress with gzip.");
        if (s.StartsWith(new byte[] { 0x1f, 0x8b }))
            return ("gzip data inside gzip data", "Unpack it once with `gunzip`.");
        if (s.StartsWith("\u0089HDF"u8) || s.StartsWith(new byte[] { 0x89, 0x48, 0x44, 0x46 }))
            return ("an HDF5 file", "Write the table as CSV or ECSV with astropy or h5py.");
        if (s.StartsWith(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59 }))
            return ("a NumPy array", "Write it as CSV with a header line.");
        if (s.StartsWith(new byte[] { 0x1f, 0x9d }))
            return ("data of Unix compress (.Z)", "Unpack it with `uncompress` or `gunzip`.");
        if (s.StartsWith("#ASDF"u8))
            return ("an ASDF file", "Write its table as ECSV or FITS with astropy and asdf.");
        if (s.StartsWith(new byte[] { 0x89, 0x50, 0x4e, 0x47 }) || s.StartsWith(new byte[] { 0xff, 0xd8, 0xff }) || s.StartsWith("GIF8"u8))
            return ("a picture", "Name the table that it shows.");
        if (s.StartsWith("7z\u00bc\u00af"u8) || s.StartsWith(new byte[] { 0x37, 0x7a, 0xbc, 0xaf }))
            return ("a 7z archive", "Unpack it first.");
        if (s.StartsWith("Rar!"u8))
            return ("a RAR archive", "Unpack it first.");
        if (s.StartsWith("ARROW1"u8))
            return ("an Arrow or Feather file", "Write the table as Parquet, for example with pandas.");
        if (s.StartsWith("ORC"u8) && s.Contains((byte)0))
            return ("an ORC file", "Write the table as Parquet.");
        if (s.StartsWith("%PDF"u8))
            return ("a PDF document", "");
        if (s.StartsWith("SQLite format 3"u8))
            return ("an SQLite database", "Export the table as CSV.");
        if (s.Length > 262 && s.Slice(257, 5).SequenceEqual("ustar"u8))
            return ("a tar archive", $"{Unpack} `tar -xf FILE` does it; then load the table inside.");
        if (s.Contains((byte)0))
            return ("binary data (zero bytes)", "");
        var control = 0;
        var start = s[..Math.Min(s.Length, 64 * 1024)];
        foreach (var b in start)
            if (b < 32 && b is not ((byte)'\n' or (byte)'\r' or (byte)'\t' or 0x0c or 0x1a))
                control++;
        return control * 50 > start.Length ? ("binary data (many control characters)", "") : null;
    }

    internal static CatalogFormatException Refuse(CatalogInput input, string what, string advice) =>
        new(
            $"'{input.Name}' is not a catalogue that Almagest reads: found {what}{(input.IsGzip ? " (inside gzip)" : "")}. "
                + $"{Expected}{(advice.Length > 0 ? " " + advice : "")}"
        );

    [GeneratedRegex(
        @"^(\\[^\r\n]*[\r\n]+)*\|[^\r\n]*\|[ \t]*[\r\n]+(?<types>\|[^\r\n]*\|)[ \t]*[\r\n]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex IpacHeader();

    [GeneratedRegex(
        @"^(?>(%[^\r\n]*[\r\n]+\s*)*)\\(documentclass|begin\s*\{(table\*?|tabular\*?|deluxetable\*?|longtable|center|document)\}|"
            + @"startdata|tablehead)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Latex();

    [GeneratedRegex(@"^#K\s+IRAF\s|^#N\s+ID\s+XCENTER\s", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Daophot();

    [GeneratedRegex(@"^(\{|\[\s*[\[{""0-9-])", RegexOptions.CultureInvariant)]
    private static partial Regex Json();

    [GeneratedRegex(@"<!doctype\s+html|<html|<head|<body", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Html();

    [GeneratedRegex(@"<title[^>]*>([^<]{1,300})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HtmlTitle();
}
