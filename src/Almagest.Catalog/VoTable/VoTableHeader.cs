using System.Globalization;
using System.Xml;

namespace Almagest.Catalog.VoTable;

/// <summary>What stands before the rows of one TABLE, and the way to it through the document. Namespaces and versions do not
/// matter.</summary>
internal sealed class VoTableHeader
{
    private const int MaxFields = 20_000;

    public List<VoTableField> Fields { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    private readonly Dictionary<string, CoordinateSystem> _systems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _nulls = new(StringComparer.Ordinal);

    public List<string> Warnings { get; } = [];

    /// <summary>TABLEDATA, BINARY, BINARY2 or FITS; null for a table without data.</summary>
    public string? Serialization { get; private set; }

    /// <summary>Goes to the rows of the wanted table: the reader then stands on the TABLEDATA element or on the STREAM.</summary>
    /// <exception cref="CatalogFormatException">there is no such table, or a service answered with an error</exception>
    public static VoTableHeader Find(XmlReader xml, string name, string? wanted)
    {
        var header = new VoTableHeader();
        var tables = new List<string>();
        string? error = null;
        while (xml.Step())
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            switch (xml.LocalName)
            {
                case "VOTABLE" when xml.GetAttribute("version") is { } version:
                    header.Metadata["version"] = version;
                    break;
                case "COOSYS" when xml.GetAttribute("system") is { } system:
                    header.Metadata.TryAdd("coosys", system);
                    if (xml.GetAttribute("equinox") is { } equinox)
                        header.Metadata.TryAdd("equinox", equinox);
                    if (xml.GetAttribute("epoch") is { } epoch)
                        header.Metadata.TryAdd("epoch", epoch);
                    if (header._systems.Count < MaxFields)
                        header._systems[xml.GetAttribute("ID") ?? ""] = new CoordinateSystem(
                            system,
                            xml.GetAttribute("equinox"),
                            xml.GetAttribute("epoch")
                        );
                    break;
                case "INFO":
                    error ??= header.Info(xml);
                    break;
                case "TABLE":
                    tables.Add(xml.GetAttribute("name") ?? xml.GetAttribute("ID") ?? "(no name)");
                    var take =
                        wanted is null
                        || wanted == tables[^1]
                        || wanted == xml.GetAttribute("ID")
                        || wanted == tables.Count.ToString(CultureInfo.InvariantCulture);
                    if (!take || xml.IsEmptyElement)
                        break;
                    header.Metadata["table"] = tables[^1];
                    header.ReadTable(xml);
                    // Services list tables without fields, too; the first one with columns is meant.
                    if (header.Fields.Count > 0)
                        return header;
                    break;
            }
        }
        if (error is not null)
            throw new CatalogFormatException(
                $"'{name}' is a VOTable in which a service reports an error: {RejectedRow.Clip(error)} Correct the query and fetch "
                    + $"the table again."
            );
        throw tables.Count == 0 || wanted is null
            ? new CatalogFormatException($"'{name}' is a VOTable without a table. Expected a TABLE element with fields and data.")
            : new CatalogFormatException(
                $"'{name}' has no table '{wanted}'. Its tables are: "
                    + $"{string.Join(", ", tables.Take(50).Select((t, i) => $"{i + 1} {RejectedRow.Clip(t)}"))}."
            );
    }

    /// <summary>The system that a field refers to; of a field that refers to none, the file's one, where it has just one.</summary>
    public CoordinateSystem? SystemOf(VoTableField field)
    {
        if (field.Ref is { } id && _systems.TryGetValue(id, out var system))
            return system;
        return _systems.Values.Distinct().Take(2).ToArray() is [var only] ? only : null;
    }

    /// <summary>The columns that a VOTable describes, whether or not it has rows (as in the metadata of a Parquet file).</summary>
    public static IReadOnlyList<CatalogColumn> Describe(string votable, string name)
    {
        try
        {
            using var xml = XmlReader.Create(new StringReader(votable), VoTableReader.Settings());
            var header = Find(xml, name, null);
            return header.Fields.Select(f => new CatalogColumn(f.Name, f.Type, f.Unit, f.Ucd, f.Description, header.SystemOf(f))).ToArray();
        }
        catch (XmlException e)
        {
            throw new CatalogFormatException($"'{name}' holds a VOTable that is not well-formed: {RejectedRow.Clip(e.Message)}", e);
        }
    }

    /// <summary>An error that a service reports, else null; an overflow becomes a warning.</summary>
    public string? Info(XmlReader xml)
    {
        var name = xml.GetAttribute("name");
        var value = xml.GetAttribute("value");
        if (name is null || value is null)
            return null;
        if (name == "Error" || (name == "QUERY_STATUS" && value == "ERROR"))
        {
            var text = xml.IsEmptyElement ? "" : Content(xml);
            return $"{(name == "Error" ? value : "")} {text}".Trim() is { Length: > 0 } message ? message : "(no text)";
        }
        if (name == "QUERY_STATUS" && value == "OVERFLOW")
            Warnings.Add("The service cut the table off at its row limit (QUERY_STATUS OVERFLOW): it is not complete.");
        return null;
    }

    private void ReadTable(XmlReader xml)
    {
        var depth = xml.Depth;
        var read = true;
        while (read ? xml.Step() : !xml.EOF)
        {
            read = true;
            if (xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth)
                return;
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            switch (xml.LocalName)
            {
                case "FIELD":
                    if (Fields.Count == MaxFields)
                        throw new CatalogFormatException($"The VOTable declares more than {MaxFields} fields.");
                    Fields.Add(ReadField(xml));
                    if (!Fields[^1].IsStandard && Warnings.Count < 100)
                        Warnings.Add(
                            $"Field '{RejectedRow.Clip(Fields[^1].Name)}' has the datatype "
                                + $"'{RejectedRow.Clip(Fields[^1].DataType!)}', which VOTable does not have; it was read as what it "
                                + $"means elsewhere."
                        );
                    break;
                case "TABLEDATA" or "BINARY" or "BINARY2" or "FITS":
                    Serialization = xml.LocalName;
                    if (xml.LocalName == "TABLEDATA" || xml.IsEmptyElement || GoToStream(xml))
                        return;
                    break;
                case "DATA":
                    break;
                default:
                    // Groups, parameters, links and descriptions say nothing about the rows.
                    xml.StepOver();
                    read = false;
                    break;
            }
        }
    }

    private static bool GoToStream(XmlReader xml)
    {
        var depth = xml.Depth;
        while (xml.Step() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "STREAM")
                continue;
            if (xml.GetAttribute("href") is { Length: > 0 } href)
                throw new CatalogFormatException(
                    $"The VOTable keeps its rows in another file ({RejectedRow.Clip(href)}), which is not fetched. Save the table in "
                        + $"one piece, for example with `stilts tcopy F G.vot`."
                );
            if (xml.GetAttribute("encoding") is { } encoding && encoding != "base64")
                throw new CatalogFormatException($"The VOTable's stream has the encoding '{RejectedRow.Clip(encoding)}'; expected base64.");
            return true;
        }
        return false;
    }

    private VoTableField ReadField(XmlReader xml)
    {
        var name = xml.GetAttribute("name") ?? xml.GetAttribute("ID") ?? "";
        var datatype = xml.GetAttribute("datatype") ?? "char";
        string? arraySize = xml.GetAttribute("arraysize"),
            unit = xml.GetAttribute("unit"),
            ucd = xml.GetAttribute("ucd");
        // Without a datatype text of any length is the only safe reading.
        if (xml.GetAttribute("datatype") is null or "string" or "unicodeString" or "str" or "text" or "varchar" or "String")
            arraySize ??= "*";
        var xtype = Blank(xml.GetAttribute("xtype"));
        string? reference = xml.GetAttribute("ref"),
            description = null,
            nullText = null;
        if (!xml.IsEmptyElement)
        {
            var depth = xml.Depth;
            while (xml.Step() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
            {
                if (xml.NodeType != XmlNodeType.Element)
                    continue;
                if (xml.LocalName == "VALUES")
                {
                    // Those of another field count where it refers to them (VOTable 1.4, section 4.7).
                    nullText ??= xml.GetAttribute("null") ?? _nulls.GetValueOrDefault(xml.GetAttribute("ref") ?? "");
                    if (xml.GetAttribute("ID") is { } id && nullText is not null && _nulls.Count < MaxFields)
                        _nulls.TryAdd(id, nullText);
                }
                else if (xml.LocalName == "DESCRIPTION" && !xml.IsEmptyElement)
                    description ??= Content(xml);
            }
        }
        return new VoTableField(name, datatype, arraySize, Blank(unit), Blank(ucd), Blank(description), nullText)
        {
            Ref = reference,
            Declared = datatype.Trim(),
            XType = xtype,
        };
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>The text of the element, up to some thousand characters; the reader then stands on its end.</summary>
    private static string Content(XmlReader xml)
    {
        var depth = xml.Depth;
        var text = new System.Text.StringBuilder();
        while (xml.Step() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && text.Length < 4000)
                text.Append(xml.Value);
        return text.ToString().Trim();
    }
}
