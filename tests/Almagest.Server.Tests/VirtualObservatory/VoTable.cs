using System.Xml.Linq;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>A VOTable answer with TABLEDATA, read by plain XML: no reader of this program's.</summary>
internal sealed class VoTable
{
    private static readonly XNamespace s_space = "http://www.ivoa.net/xml/VOTable/v1.3";

    public VoTable(string text)
    {
        var document = XDocument.Parse(text);
        Infos = document
            .Descendants(s_space + "INFO")
            .Select(i => (i.Attribute("name")!.Value, i.Attribute("value")!.Value, i.Value))
            .ToList();
        Tables = document.Descendants(s_space + "TABLE").Count();
        Fields = document
            .Descendants(s_space + "FIELD")
            .ToDictionary(f => f.Attribute("name")!.Value, f => f.Attributes().ToDictionary(a => a.Name.LocalName, a => a.Value));
        Rows = document
            .Descendants(s_space + "TR")
            .Select(r => Fields.Keys.Zip(r.Elements(s_space + "TD")).ToDictionary(c => c.First, c => c.Second.Value))
            .ToList();
    }

    public List<(string Name, string Value, string Content)> Infos { get; }

    public int Tables { get; }

    public Dictionary<string, Dictionary<string, string>> Fields { get; }

    public List<Dictionary<string, string>> Rows { get; }

    public IEnumerable<string> Status => Infos.Where(i => i.Name == "QUERY_STATUS").Select(i => i.Value);
}
