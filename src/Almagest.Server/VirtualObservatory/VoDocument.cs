using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.VirtualObservatory;

/// <summary>XML documents of the virtual observatory's protocols.</summary>
internal static class VoDocument
{
    public const string VoTableType = "application/x-votable+xml";
    private const string VoTableNamespace = "http://www.ivoa.net/xml/VOTable/v1.3";

    private static readonly XmlWriterSettings s_settings = new()
    {
        Indent = true,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        CheckCharacters = false,
    };

    public static byte[] Write(Action<XmlWriter> write)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, s_settings))
        {
            xml.WriteStartDocument();
            write(xml);
        }
        return stream.ToArray();
    }

    public static IResult Answer(Action<XmlWriter> write, string type = "text/xml") => Results.Bytes(Write(write), type);

    /// <summary>An error of TAP (DALI 1.1, 4.4): QUERY_STATUS is ERROR.</summary>
    public static IResult Error(VoException error) =>
        new DocumentResult(Write(xml => Error(xml, "QUERY_STATUS", "ERROR", error.Message)), error.Status);

    /// <summary>An error of a cone search (Simple Cone Search 1.03, 2.3): an INFO whose name is Error, no table, status 200.</summary>
    public static IResult ConeError(string message) => new DocumentResult(Write(xml => Error(xml, "Error", message, null)), 200);

    public static void Error(XmlWriter xml, string name, string value, string? content)
    {
        xml.WriteStartElement("VOTABLE", VoTableNamespace);
        xml.WriteAttributeString("version", "1.4");
        xml.WriteStartElement("RESOURCE", VoTableNamespace);
        xml.WriteAttributeString("type", "results");
        xml.WriteStartElement("INFO", VoTableNamespace);
        if (name == "Error")
            xml.WriteAttributeString("ID", name);
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", Legal(value));
        if (content is not null)
            xml.WriteString(Legal(content));
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>Text without the characters that XML 1.0 cannot hold.</summary>
    public static string Legal(string text) =>
        string.Concat(
            text.EnumerateRunes()
                .Select(r =>
                    r.Value is '\t' or '\n' or '\r' or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or >= 0x10000
                        ? r.ToString()
                        : "\uFFFD"
                )
        );

    private sealed class DocumentResult(byte[] body, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = VoTableType;
            httpContext.Response.ContentLength = body.Length;
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
