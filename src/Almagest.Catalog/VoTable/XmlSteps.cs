using System.Globalization;
using System.Xml;

namespace Almagest.Catalog.VoTable;

/// <summary>
/// Steps through XML that may be hostile. A reader remembers every element that is open, so that a few kilobytes, compressed, of elements
/// that are never closed become gigabytes of memory.
/// </summary>
internal static class XmlSteps
{
    // A VOTable nests its rows nine deep, and resources in resources a few times more.
    private const int DeepestNesting = 100;

    /// <summary>Goes to the next node.</summary>
    /// <returns>whether there is one</returns>
    /// <exception cref="XmlException">it is not well-formed, or nested deeper than any table</exception>
    public static bool Step(this XmlReader xml)
    {
        if (!xml.Read())
            return false;
        if (xml.Depth <= DeepestNesting)
            return true;
        var place = xml as IXmlLineInfo;
        throw new XmlException(
            string.Create(CultureInfo.InvariantCulture, $"its elements are nested deeper than {DeepestNesting} levels."),
            null,
            place?.LineNumber ?? 0,
            place?.LinePosition ?? 0
        );
    }

    /// <summary>Goes beyond the element at hand and all that is in it.</summary>
    /// <inheritdoc cref="Step" path="/exception"/>
    public static void StepOver(this XmlReader xml)
    {
        if (xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement)
        {
            var depth = xml.Depth;
            while (xml.Step() && xml.Depth > depth)
            {
                // Its content.
            }
        }
        xml.Step();
    }
}
