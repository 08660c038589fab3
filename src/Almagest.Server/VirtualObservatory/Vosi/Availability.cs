using System.Xml;
using Almagest.Contract.Errors;

namespace Almagest.Server.VirtualObservatory.Vosi;

/// <summary>Whether the service answers (VOSI 1.1, section 5).</summary>
internal static class Availability
{
    private const string Namespace = "http://www.ivoa.net/xml/VOSIAvailability/v1.0";

    public static async Task<bool> IsUpAsync(AdqlRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            await runner.Catalogue.ReadAsync(cancellationToken);
            return true;
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    public static void Write(XmlWriter xml, bool up)
    {
        xml.WriteStartElement("vosi", "availability", Namespace);
        xml.WriteElementString("vosi", "available", Namespace, up ? "true" : "false");
        xml.WriteElementString("vosi", "note", Namespace, up ? "The service answers." : "The database does not answer.");
        xml.WriteEndElement();
    }
}
