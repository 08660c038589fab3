using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Almagest.Architecture.Tests.Sources;

/// <summary>The projects of some folders of the repository, bound as a compiler binds them, so that every name has a meaning.</summary>
internal sealed class SourceTree
{
    /// <summary>What the SDK writes for <c>ImplicitUsings</c>.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private readonly Dictionary<string, CSharpCompilation> _compilations = [];
    private readonly ConcurrentDictionary<string, Lazy<SymbolUses>> _uses = [];

    private SourceTree(IReadOnlyList<SourceProject> projects) => Projects = projects;

    /// <summary>A project comes after those that it refers to.</summary>
    public IReadOnlyList<SourceProject> Projects { get; }

    public CSharpCompilation this[SourceProject project] => _compilations[project.Name];

    /// <summary>What a project names of its own types and members, and of those of the others.</summary>
    public SymbolUses UsesOf(SourceProject project) => _uses.GetOrAdd(project.Name, _ => new Lazy<SymbolUses>(() => Find(project))).Value;

    private SymbolUses Find(SourceProject project)
    {
        var own = Projects.Select(p => p.AssemblyName).ToHashSet();
        return SymbolUses.Of(project, this[project], own.Contains);
    }

    /// <param name="root">the repository's folder</param>
    /// <param name="folders">those of projects in it, such as <c>src</c></param>
    /// <param name="references">assemblies of the framework and of packages</param>
    /// <param name="configuration">of the build that generated the code of Razor components</param>
    public static SourceTree Read(string root, IEnumerable<string> folders, IEnumerable<string> references, string configuration)
    {
        var projects = folders
            .SelectMany(f => Directory.EnumerateDirectories(Path.Combine(root, f)))
            .Where(d => File.Exists(Path.Combine(d, $"{Path.GetFileName(d)}.csproj")))
            .AsParallel()
            .Select(d => SourceProject.Read(d, configuration))
            .ToDictionary(p => p.Name);
        var tree = new SourceTree(InOrder(projects));
        MetadataReference[] libraries = [.. references.Select(r => MetadataReference.CreateFromFile(r))];
        foreach (var project in tree.Projects)
            tree._compilations[project.Name] = Compile(project, tree, projects, libraries);
        return tree;
    }

    private static CSharpCompilation Compile(
        SourceProject project,
        SourceTree tree,
        Dictionary<string, SourceProject> projects,
        MetadataReference[] libraries
    )
    {
        // What a name means does not depend on what may be null, and to follow that takes as long as all else.
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
        var usings = string.Concat(project.Usings.Select(u => $"global using {u};\n"));
        var friends = string.Concat(project.Friends.Select(f => $"[assembly: {typeof(InternalsVisibleToAttribute).FullName}(\"{f}\")]\n"));
        var parse = new CSharpParseOptions(LanguageVersion.CSharp14, DocumentationMode.None);
        return CSharpCompilation.Create(
            project.AssemblyName,
            [
                CSharpSyntaxTree.ParseText(ImplicitUsings, parse),
                CSharpSyntaxTree.ParseText(usings + friends, parse),
                .. project.Files.Select(f => f.Tree),
            ],
            [.. libraries, .. Below(project, projects).Select(p => tree[p].ToMetadataReference())],
            options
        );
    }

    /// <summary>The projects that a project may use: those that it refers to, and those that they refer to.</summary>
    private static HashSet<SourceProject> Below(SourceProject project, Dictionary<string, SourceProject> projects)
    {
        var below = new HashSet<SourceProject>();
        void Add(SourceProject from)
        {
            foreach (var name in from.References)
                if (projects.TryGetValue(name, out var next) && below.Add(next))
                    Add(next);
        }
        Add(project);
        return below;
    }

    private static List<SourceProject> InOrder(Dictionary<string, SourceProject> projects)
    {
        var order = new List<SourceProject>();
        void Add(SourceProject project)
        {
            if (order.Contains(project))
                return;
            foreach (var name in project.References)
                if (projects.TryGetValue(name, out var below))
                    Add(below);
            order.Add(project);
        }
        foreach (var project in projects.Values.OrderBy(p => p.Name, StringComparer.Ordinal))
            Add(project);
        return order;
    }
}
