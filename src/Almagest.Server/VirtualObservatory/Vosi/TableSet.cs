using System.Xml;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Server.VirtualObservatory.Catalogue;

namespace Almagest.Server.VirtualObservatory.Vosi;

/// <summary>The published tables as VODataService 1.1 describes tables (VOSI 1.1, section 4).</summary>
internal static class TableSet
{
    private const string Namespace = "http://www.ivoa.net/xml/VOSITables/v1.0";
    private const string DataService = "http://www.ivoa.net/xml/VODataService/v1.1";
    private const string TapPlus = "http://esa.int/xml/EsaTapPlus";
    private const string Schema = "http://www.w3.org/2001/XMLSchema-instance";

    /// <param name="brief">without columns</param>
    /// <param name="flagged">columns have the attribute that ESA's archives add, against the standard's schema: astroquery 0.4.6, which
    /// Debian has, cannot do without it</param>
    public static void Write(XmlWriter xml, PublishedCatalogue catalogue, bool brief, bool flagged = false)
    {
        Start(xml, "tableset", flagged);
        foreach (var schema in catalogue.Schemas)
        {
            xml.WriteStartElement("schema");
            xml.WriteElementString("name", schema.Name);
            xml.WriteElementString("description", schema.Description);
            foreach (var table in catalogue.Tables.Where(t => t.Schema == schema.Name))
            {
                xml.WriteStartElement("table");
                Content(xml, catalogue, table, brief, flagged);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    public static void Write(XmlWriter xml, PublishedCatalogue catalogue, PublishedTable table)
    {
        Start(xml, "table", flagged: false);
        Content(xml, catalogue, table, brief: false, flagged: false);
        xml.WriteEndElement();
    }

    private static void Start(XmlWriter xml, string name, bool flagged)
    {
        xml.WriteStartElement("vosi", name, Namespace);
        xml.WriteAttributeString("xmlns", "xsi", null, Schema);
        xml.WriteAttributeString("xmlns", "vs", null, DataService);
        if (flagged)
            xml.WriteAttributeString("xmlns", "esatapplus", null, TapPlus);
    }

    private static void Content(XmlWriter xml, PublishedCatalogue catalogue, PublishedTable table, bool brief, bool flagged)
    {
        xml.WriteAttributeString(
            "type",
            table.Name.StartsWith("mv_", StringComparison.Ordinal) && table.Schema == LedgerTables.Schema ? "view" : "table"
        );
        xml.WriteElementString("name", VoDocument.Legal(table.WrittenName));
        xml.WriteElementString("description", VoDocument.Legal(table.Description));
        if (brief)
            return;
        foreach (var column in table.Columns)
        {
            xml.WriteStartElement("column");
            if (table.Schema == TapSchema.Schema)
                xml.WriteAttributeString("std", "true");
            if (flagged)
                xml.WriteAttributeString("flags", TapPlus, "0");
            xml.WriteElementString("name", VoDocument.Legal(ReservedWords.Written(column.Name)));
            if (column.Description is { } description)
                xml.WriteElementString("description", description);
            if (column.Unit is { } unit)
                xml.WriteElementString("unit", unit);
            if (column.Ucd is { } ucd)
                xml.WriteElementString("ucd", ucd);
            xml.WriteStartElement("dataType");
            xml.WriteAttributeString("type", Schema, "vs:VOTableType");
            if (VoTypes.ArraySize(column) is { } size)
                xml.WriteAttributeString("arraysize", size);
            if (VoTypes.XType(column.Type) is { } extended)
                xml.WriteAttributeString("extendedType", extended);
            xml.WriteString(VoTypes.Datatype(column));
            xml.WriteEndElement();
            if (column.Indexed)
                xml.WriteElementString("flag", "indexed");
            if (column.Principal)
                xml.WriteElementString("flag", "principal");
            xml.WriteEndElement();
        }
        foreach (var key in catalogue.Keys.Where(k => k.From.WrittenName == table.WrittenName))
        {
            xml.WriteStartElement("foreignKey");
            xml.WriteElementString("targetTable", VoDocument.Legal(key.To.WrittenName));
            foreach (var (from, to) in key.Columns)
            {
                xml.WriteStartElement("fkColumn");
                xml.WriteElementString("fromColumn", ReservedWords.Written(from));
                xml.WriteElementString("targetColumn", ReservedWords.Written(to));
                xml.WriteEndElement();
            }
            xml.WriteElementString("description", key.Description);
            xml.WriteEndElement();
        }
    }
}
