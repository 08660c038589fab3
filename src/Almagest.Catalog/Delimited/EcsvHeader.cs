using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// The header of an ECSV file: a YAML document in comment lines that declares the delimiter and each column's name, datatype, unit,
/// description and, as the Gaia archive writes it, UCD (APE 6: https://github.com/astropy/astropy-APEs/blob/main/APE6.rst, versions
/// 0.9 and 1.0). The YAML is read as plain nodes; no tag makes an object.
/// </summary>
internal static partial class EcsvHeader
{
    private const int MaxDepth = 40;

    /// <exception cref="CatalogFormatException">the header is not that of an ECSV file</exception>
    public static TextTable Read(CatalogInput input, CatalogOpenOptions options)
    {
        var tokens = new RecordTokenizer(
            new MemoryStream(input.Sample.ToArray(), writable: false),
            RecordTokenizer.Whitespace,
            maxRecordBytes: options.MaxRowBytes
        );
        var yaml = new StringBuilder();
        RecordKind kind;
        var start = 0;
        while ((kind = tokens.Read()) is RecordKind.Comment or RecordKind.Blank)
        {
            if (kind == RecordKind.Comment)
            {
                var line = Cell.Text(tokens.Field(0));
                if (!line.StartsWith("# %ECSV", StringComparison.Ordinal) && !line.StartsWith("#%ECSV", StringComparison.Ordinal))
                    yaml.Append(line.StartsWith("# ", StringComparison.Ordinal) ? line[2..] : line[1..]).Append('\n');
            }
            start = (int)tokens.Consumed;
        }
        var warnings = new List<string>();
        var written = yaml.ToString();
        var header = Parse(written, warnings);
        var delimiter = (Child(header, "delimiter") as YamlScalarNode)?.Value ?? " ";
        if (delimiter.Length != 1 || delimiter[0] is > (char)127 or '"' or '#')
            throw Wrong($"the delimiter is '{delimiter}'; expected one blank or comma");
        if (Child(header, "datatype") is not YamlSequenceNode { Children.Count: > 0 } declared)
            throw Wrong("there is no list 'datatype' of columns");
        var columns = declared.Children.Select(Column).ToArray();
        var (offset, dataLine) = CheckNames(input, options, start, tokens.RecordLine, delimiter[0], columns);
        var names = ColumnNames.Distinct(columns.Select(c => c.Name).ToArray());
        var metadata = Metadata(header);
        return new TextTable
        {
            Format = "ECSV",
            Delimiter = (byte)delimiter[0],
            Columns = SerializedColumns
                .Of(header)
                .Apply(columns.Select((c, i) => c with { Name = names[i], System = SystemOf(metadata) }).ToArray()),
            DataOffset = offset,
            DataLine = dataLine,
            Metadata = metadata,
            Warnings = warnings,
        };
    }

    /// <summary>The columns that such a header describes, in whatever it is kept; empty where it cannot be read.</summary>
    public static IReadOnlyList<CatalogColumn> Describe(string yaml)
    {
        try
        {
            var header = Parse(yaml);
            return Child(header, "datatype") is YamlSequenceNode declared
                ? SerializedColumns
                    .Of(header)
                    .Apply([.. declared.Children.Select(Column)])
                    .Select(c => new CatalogColumn(c.Name, c.Type ?? ColumnType.Text, c.Unit, c.Ucd, c.Description, c.System))
                    .ToArray()
                : [];
        }
        catch (CatalogFormatException)
        {
            return [];
        }
    }

    /// <summary>
    /// The Gaia archive has written queries into <c>meta</c> that are not valid YAML. What describes the columns is read without them then.
    /// </summary>
    private static YamlMappingNode Parse(string yaml, List<string> warnings)
    {
        try
        {
            return Parse(yaml);
        }
        catch (CatalogFormatException)
        {
            var needed = Sections(yaml, "delimiter", "datatype");
            if (needed.Length == 0)
                throw;
            var header = Parse(needed);
            warnings.Add("The header's 'meta' section is not valid YAML and was ignored; the columns' descriptions are complete.");
            return header;
        }
    }

    /// <summary>The top-level entries of those names.</summary>
    private static string Sections(string yaml, params ReadOnlySpan<string> names)
    {
        var kept = new StringBuilder();
        var keep = false;
        foreach (var line in yaml.Split('\n'))
        {
            if (line.Length > 0 && char.IsAsciiLetter(line[0]))
            {
                keep = false;
                foreach (var name in names)
                    keep |= line.StartsWith(name + ":", StringComparison.Ordinal);
            }
            if (keep)
                kept.Append(line).Append('\n');
        }
        return kept.ToString();
    }

    /// <summary>STIL writes a text of several lines with its <c>|</c> below the key, where YAML wants it beside.</summary>
    private static string WithBlocksBeside(string yaml)
    {
        if (!BlockBelow().IsMatch(yaml))
            return yaml;
        return BlockBelow().Replace(yaml, "$1 $2\n");
    }

    [GeneratedRegex(@"(:)[ \t]*\n[ \t]*([|>][-+]?)[ \t]*\n", RegexOptions.CultureInvariant)]
    private static partial Regex BlockBelow();

    private static YamlMappingNode Parse(string yaml)
    {
        yaml = WithBlocksBeside(yaml);
        try
        {
            // Nesting is bounded before nodes are built: building them recurses.
            var depth = 0;
            var events = new Parser(new StringReader(yaml));
            while (events.MoveNext())
            {
                depth += events.Current!.NestingIncrease;
                if (depth > MaxDepth)
                    throw Wrong($"its YAML is nested deeper than {MaxDepth} levels");
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode mapping
                ? mapping
                : throw Wrong("it has no YAML mapping");
        }
        catch (YamlException e)
        {
            throw new CatalogFormatException(Wrong($"line {e.Start.Line + 1} is not valid YAML: {e.Message}").Message, e);
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            throw new CatalogFormatException(Wrong($"it is not valid YAML: {e.Message}").Message, e);
        }
    }

    private static CatalogFormatException Wrong(string what) =>
        new(
            $"The file says that it is ECSV, but its header is not: {what}. Expected, behind '# ', a YAML document with 'datatype:' "
                + $"and one entry per column."
        );

    internal static YamlNode? Child(YamlMappingNode node, string key)
    {
        foreach (var (name, value) in node.Children)
            if (name is YamlScalarNode scalar && scalar.Value == key)
                return value;
        return null;
    }

    internal static string? Scalar(YamlMappingNode node, string key) =>
        (Child(node, key) as YamlScalarNode)?.Value is { Length: > 0 } text ? text.Trim() : null;

    private static TextColumn Column(YamlNode node)
    {
        if (node is not YamlMappingNode entry)
            throw Wrong("an entry of 'datatype' is not a mapping");
        var name = (Child(entry, "name") as YamlScalarNode)?.Value ?? throw Wrong("an entry of 'datatype' has no name");
        var datatype = Scalar(entry, "datatype") ?? throw Wrong($"column '{name}' has no datatype");
        var type = datatype switch
        {
            "bool" => ColumnType.Boolean,
            "int8" or "int16" or "int32" or "int64" or "uint8" or "uint16" or "uint32" or "uint64" => ColumnType.Int64,
            "float16" or "float32" or "float64" or "float128" => ColumnType.Double,
            "string" => Scalar(entry, "subtype") is null ? ColumnType.Text : ColumnType.Json,
            "complex64" or "complex128" or "complex256" => ColumnType.Text,
            _ => throw Wrong(
                $"column '{name}' has the datatype '{RejectedRow.Clip(datatype)}'; expected bool, int8 … uint64, float16 … float128, "
                    + $"complex64 … or string"
            ),
        };
        var ucd = Find(Child(entry, "meta"), "ucd");
        return new TextColumn(name, Scalar(entry, "unit"), type, ucd, Scalar(entry, "description"));
    }

    /// <summary>A value in a mapping, or in a sequence of mappings as an ordered map is written.</summary>
    private static string? Find(YamlNode? meta, string key) =>
        meta switch
        {
            YamlMappingNode mapping => Scalar(mapping, key),
            YamlSequenceNode list => list.Children.OfType<YamlMappingNode>().Select(m => Scalar(m, key)).FirstOrDefault(v => v is not null),
            _ => null,
        };

    private static Dictionary<string, string> Metadata(YamlMappingNode header)
    {
        var metadata = new Dictionary<string, string>();
        var entries = Child(header, "meta") switch
        {
            YamlMappingNode mapping => mapping.Children,
            YamlSequenceNode list => list.Children.OfType<YamlMappingNode>().SelectMany(m => m.Children),
            _ => [],
        };
        foreach (var (key, value) in entries)
            if (key is YamlScalarNode { Value: { } name } && value is YamlScalarNode { Value: { } text })
                metadata[name] = text.Trim();
        return metadata;
    }

    /// <summary>As our own exports say it.</summary>
    private static CoordinateSystem? SystemOf(Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(CoordinateSystem.ReferenceFrame, out var frame))
            return null;
        var julian =
            metadata.TryGetValue(CoordinateSystem.ReferenceEpoch, out var text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var year)
                ? CoordinateSystem.Julian(year)
                : null;
        return new CoordinateSystem(frame, Epoch: julian);
    }

    /// <summary>The line of names must repeat the declared names; the answer is where the data begin.</summary>
    private static (int Offset, long Line) CheckNames(
        CatalogInput input,
        CatalogOpenOptions options,
        int start,
        long line,
        char delimiter,
        TextColumn[] columns
    )
    {
        var rest = input.Sample[start..];
        var tokens = new RecordTokenizer(new MemoryStream(rest.ToArray(), writable: false), (byte)delimiter, line, options.MaxRowBytes);
        if (tokens.Read() != RecordKind.Row)
            throw Wrong("no line of column names follows it");
        var found = Enumerable.Range(0, tokens.FieldCount).Select(i => Cell.Text(tokens.Field(i))).ToArray();
        var expected = columns.Select(c => c.Name.Trim()).ToArray();
        var differs = Enumerable
            .Range(0, Math.Max(found.Length, expected.Length))
            .FirstOrDefault(i => i >= found.Length || i >= expected.Length || found[i] != expected[i], -1);
        if (differs >= 0)
        {
            var declared = differs < expected.Length ? $"'{expected[differs]}'" : "nothing";
            var there = differs < found.Length ? $"'{RejectedRow.Clip(found[differs])}'" : "nothing";
            throw Wrong($"column {differs + 1} is declared as {declared}, while the line of names (line {tokens.RecordLine}) has {there}");
        }
        return (start + (int)tokens.Consumed, tokens.NextLine);
    }
}
