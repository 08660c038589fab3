using System.Xml.Linq;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>A VOTable answer with TABLEDATA, read by plain XML: no reader of this program's.</summary>
sealed class VoTable
{
    static readonly XNamespace Space = "http://www.ivoa.net/xml/VOTable/v1.3";

    public VoTable(string text)
    {
        var document = XDocument.Parse(text);
        Infos = document.Descendants(Space + "INFO").Select(i => (i.Attribute("name")!.Value, i.Attribute("value")!.Value, i.Value)).ToList();
        Tables = document.Descendants(Space + "TABLE").Count();
        Fields = document.Descendants(Space + "FIELD").ToDictionary(f => f.Attribute("name")!.Value, f => f.Attributes().ToDictionary(a => a.Name.LocalName, a => a.Value));
        Rows = document.Descendants(Space + "TR").Select(r => Fields.Keys.Zip(r.Elements(Space + "TD")).ToDictionary(c => c.First, c => c.Second.Value)).ToList();
    }

    public List<(string Name, string Value, string Content)> Infos { get; }

    public int Tables { get; }

    public Dictionary<string, Dictionary<string, string>> Fields { get; }

    public List<Dictionary<string, string>> Rows { get; }

    public IEnumerable<string> Status => Infos.Where(i => i.Name == "QUERY_STATUS").Select(i => i.Value);
}
