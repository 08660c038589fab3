using System.Globalization;
using System.Xml;

namespace Almagest.Catalog.VoTable;

/// <summary>The names that a reader of XML keeps for as long as it lives: no more than a VOTable has, whatever a file makes up.</summary>
internal sealed class BoundedNames : NameTable
{
    // VOTable 1.5 has some hundred names of elements and attributes; a mapping to a data model, and namespaces, add a few.
    private const int Most = 10_000;

    private int _count;

    public override string Add(string key) => Get(key) ?? base.Add(Counted(key));

    public override string Add(char[] key, int start, int len)
    {
        if (Get(key, start, len) is { } known)
            return known;
        Counted("");
        return base.Add(key, start, len);
    }

    private string Counted(string key) =>
        ++_count <= Most
            ? key
            : throw new XmlException(
                string.Create(CultureInfo.InvariantCulture, $"it has more than {Most} different names of elements and attributes.")
            );
}
