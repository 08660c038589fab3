using System.Globalization;
using System.Xml;
using Almagest.Adql.Sql;

namespace Almagest.Server.VirtualObservatory.Vosi;

/// <summary>What the TAP service can do (VOSI 1.1, section 3; TAPRegExt 1.0).</summary>
internal static class Capabilities
{
    private const string Namespace = "http://www.ivoa.net/xml/VOSICapabilities/v1.0";
    private const string Schema = "http://www.w3.org/2001/XMLSchema-instance";
    private const string Features = "ivo://ivoa.net/std/TAPRegExt#features-";

    private static readonly string[] s_geometry =
    [
        "AREA",
        "BOX",
        "CENTROID",
        "CIRCLE",
        "CONTAINS",
        "COORD1",
        "COORD2",
        "COORDSYS",
        "DISTANCE",
        "INTERSECTS",
        "POINT",
        "POLYGON",
        "REGION",
    ];

    /// <param name="needsToken">whether whoever asks has to sign in, with HTTP Basic</param>
    public static void Write(XmlWriter xml, string address, bool needsToken = false)
    {
        xml.WriteStartElement("vosi", "capabilities", Namespace);
        xml.WriteAttributeString("xmlns", "xsi", null, Schema);
        xml.WriteAttributeString("xmlns", "vr", null, "http://www.ivoa.net/xml/VOResource/v1.0");
        xml.WriteAttributeString("xmlns", "vs", null, "http://www.ivoa.net/xml/VODataService/v1.1");
        xml.WriteAttributeString("xmlns", "tr", null, "http://www.ivoa.net/xml/TAPRegExt/v1.0");
        Tap(xml, address, needsToken);
        Vosi(xml, "VOSI#capabilities", $"{address}/capabilities");
        Vosi(xml, "VOSI#availability", $"{address}/availability");
        Vosi(xml, "VOSI#tables-1.1", $"{address}/tables", "1.1", needsToken);
        Vosi(xml, "DALI#examples", $"{address}/examples", null, needsToken);
        xml.WriteEndElement();
    }

    private static void Tap(XmlWriter xml, string address, bool needsToken)
    {
        xml.WriteStartElement("capability");
        xml.WriteAttributeString("standardID", "ivo://ivoa.net/std/TAP");
        xml.WriteAttributeString("type", Schema, "tr:TableAccess");
        Interface(xml, address, "base", "1.1", needsToken);
        Language(xml);
        foreach (var format in VoFormat.All)
        {
            xml.WriteStartElement("outputFormat");
            if (format.StandardId is { } id)
                xml.WriteAttributeString("ivo-id", id);
            xml.WriteElementString("mime", format.MediaType);
            foreach (var name in format.Names)
                xml.WriteElementString("alias", name);
            xml.WriteEndElement();
        }
        foreach (var method in new[] { "inline", "http" })
        {
            xml.WriteStartElement("uploadMethod");
            xml.WriteAttributeString("ivo-id", $"ivo://ivoa.net/std/TAPRegExt#upload-{method}");
            xml.WriteEndElement();
        }
        Limit(xml, "retentionPeriod", (long)TapLimits.StandardRetention.TotalSeconds, (long)TapLimits.MostRetention.TotalSeconds);
        Limit(xml, "executionDuration", (long)TapLimits.StandardExecution.TotalSeconds, (long)TapLimits.MostExecution.TotalSeconds);
        Limit(xml, "outputLimit", TapLimits.StandardRows, TapLimits.MostRows, "row");
        Limit(xml, "uploadLimit", UploadedTable.MostRows, UploadedTable.MostRows, "row");
        xml.WriteEndElement();
    }

    private static void Language(XmlWriter xml)
    {
        xml.WriteStartElement("language");
        xml.WriteElementString("name", "ADQL");
        foreach (var version in new[] { "2.0", "2.1" })
        {
            xml.WriteStartElement("version");
            xml.WriteAttributeString("ivo-id", $"ivo://ivoa.net/std/ADQL#v{version}");
            xml.WriteString(version);
            xml.WriteEndElement();
        }
        xml.WriteElementString(
            "description",
            "ADQL 2.1 with the geometries of 2.0; CASE, queries as single values, and statistics beyond it. Positions are ICRS, degrees; "
                + "FK5 of J2000 is taken as ICRS, FK4 and GALACTIC are converted."
        );
        Feature(xml, "adqlgeo", s_geometry);
        Feature(xml, "adql-string", "LOWER", "UPPER", "ILIKE");
        Feature(xml, "adql-sets", "UNION", "EXCEPT", "INTERSECT");
        Feature(xml, "adql-common-table", "WITH");
        Feature(xml, "adql-type", "CAST");
        Feature(xml, "adql-conditional", "COALESCE", "CASE");
        Feature(xml, "adql-unit", "IN_UNIT");
        Feature(xml, "adql-offset", "OFFSET");
        xml.WriteStartElement("languageFeatures");
        xml.WriteAttributeString("type", Features + "udf");
        foreach (var function in UserFunctions.All)
        {
            xml.WriteStartElement("feature");
            xml.WriteElementString("form", function.Form);
            xml.WriteElementString("description", function.Description);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Feature(XmlWriter xml, string type, params ReadOnlySpan<string> forms)
    {
        xml.WriteStartElement("languageFeatures");
        xml.WriteAttributeString("type", Features + type);
        foreach (var form in forms)
        {
            xml.WriteStartElement("feature");
            xml.WriteElementString("form", form);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Limit(XmlWriter xml, string name, long standard, long hard, string? unit = null)
    {
        xml.WriteStartElement(name);
        foreach (var (part, value) in new[] { ("default", standard), ("hard", hard) })
        {
            xml.WriteStartElement(part);
            if (unit is not null)
                xml.WriteAttributeString("unit", unit);
            xml.WriteString(value.ToString(CultureInfo.InvariantCulture));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Vosi(XmlWriter xml, string name, string address, string? version = null, bool needsToken = false)
    {
        xml.WriteStartElement("capability");
        xml.WriteAttributeString("standardID", $"ivo://ivoa.net/std/{name}");
        Interface(xml, address, "full", version, needsToken);
        xml.WriteEndElement();
    }

    private static void Interface(XmlWriter xml, string address, string use, string? version, bool needsToken)
    {
        xml.WriteStartElement("interface");
        xml.WriteAttributeString("type", Schema, "vs:ParamHTTP");
        xml.WriteAttributeString("role", "std");
        if (version is not null)
            xml.WriteAttributeString("version", version);
        xml.WriteStartElement("accessURL");
        xml.WriteAttributeString("use", use);
        xml.WriteString(address);
        xml.WriteEndElement();
        if (needsToken)
        {
            xml.WriteStartElement("securityMethod");
            xml.WriteAttributeString("standardID", "ivo://ivoa.net/sso#BasicAA");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }
}
