namespace Almagest.Architecture.Tests.Sources;

/// <summary>Which folders of a project use which others of it.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<(string From, string To), List<SymbolUse>> _uses = [];

    private FolderGraph(SourceProject project) => Project = project;

    public SourceProject Project { get; }

    public static FolderGraph Of(SourceProject project, SourceTree tree)
    {
        var graph = new FolderGraph(project);
        var folders = project.Files.ToDictionary(f => f.Tree, f => f.Folder);
        foreach (var use in tree.UsesOf(project).All)
        {
            if (use.Type is not { } type || type.ContainingAssembly.Name != project.AssemblyName)
                continue;
            // A partial type of several files lies where one of them lies; where Razor made one of them they lie together.
            foreach (var place in type.DeclaringSyntaxReferences.Take(1))
                if (folders.TryGetValue(place.SyntaxTree, out var to) && to != use.File.Folder)
                    graph.Add(use.File.Folder, to, use);
        }
        return graph;
    }

    /// <summary>Folders that use each other, directly or by way of others of the same group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cycles()
    {
        var nodes = _uses.Keys.SelectMany(k => new[] { k.From, k.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        var reach = nodes.ToDictionary(n => n, Reachable);
        return
        [
            .. nodes
                .Where(n => reach[n].Contains(n))
                .GroupBy(n => nodes.First(m => m == n || reach[n].Contains(m) && reach[m].Contains(n)))
                .Select(g => g.ToList()),
        ];
    }

    /// <summary>The uses between the folders of a cycle, each with its number and one place.</summary>
    public IEnumerable<string> Explain(IReadOnlyList<string> cycle) =>
        from use in _uses
        where cycle.Contains(use.Key.From) && cycle.Contains(use.Key.To)
        orderby use.Key.From, use.Key.To
        let types = string.Join(
            ", ",
            use.Value.GroupBy(u => u.Type!.Name)
                .OrderByDescending(g => g.Count())
                .Take(6)
                .Select(g => $"{g.Key} ({g.First().File.Path}:{g.First().Line})")
        )
        select $"{Name(use.Key.From)} -> {Name(use.Key.To)}: {types}";

    private static string Name(string folder) => folder.Length == 0 ? "(top)" : folder;

    private void Add(string from, string to, SymbolUse use)
    {
        if (!_uses.TryGetValue((from, to), out var uses))
            _uses[(from, to)] = uses = [];
        uses.Add(use);
    }

    private HashSet<string> Reachable(string from)
    {
        var found = new HashSet<string>();
        var ahead = new Stack<string>([from]);
        while (ahead.TryPop(out var at))
            foreach (var (key, _) in _uses)
                if (key.From == at && found.Add(key.To))
                    ahead.Push(key.To);
        return found;
    }
}
