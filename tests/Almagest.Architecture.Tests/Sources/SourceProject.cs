using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Almagest.Architecture.Tests.Sources;

/// <summary>A project as its sources and its project file tell it.</summary>
internal sealed class SourceProject
{
    private static readonly CSharpParseOptions s_syntax = new(LanguageVersion.CSharp14, DocumentationMode.None);

    private SourceProject(string folder, XDocument file)
    {
        Name = Path.GetFileName(folder);
        Directory = folder;
        References = [.. Items(file, "ProjectReference").Select(i => Path.GetFileNameWithoutExtension(i.Replace('\\', '/')))];
        Friends = [.. Items(file, "InternalsVisibleTo")];
        Usings = [.. Items(file, "Using")];
        AssemblyName = file.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Name;
    }

    public string Name { get; }

    public string AssemblyName { get; }

    /// <summary>Its folder on disk.</summary>
    public string Directory { get; }

    /// <summary>The names of the projects that its project file names.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Assemblies that may use what is internal.</summary>
    public IReadOnlyList<string> Friends { get; }

    /// <summary>Namespaces that every file of it may name.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>The sources, and of each Razor component the code that is generated from it.</summary>
    public IReadOnlyList<SourceFile> Files { get; private set; } = [];

    /// <summary>Where types of a folder live: the project's name, and the folder's behind it.</summary>
    public string NamespaceOf(string folder) => folder.Length == 0 ? Name : $"{Name}.{folder.Replace('/', '.')}";

    /// <param name="folder">that of a project file of the same name</param>
    /// <param name="configuration">of the build that generated the code of Razor components</param>
    public static SourceProject Read(string folder, string configuration)
    {
        var project = new SourceProject(folder, XDocument.Load(Path.Combine(folder, $"{Path.GetFileName(folder)}.csproj")));
        var generated = Path.Combine(folder, "obj", configuration, "net10.0", "generated");
        var components = Names(folder, "*.razor")
            .Where(n => !n.EndsWith("_Imports.razor", StringComparison.Ordinal))
            .Select(n => (Name: n, Path: Generated(generated, n)))
            .Where(c => c.Path is not null);
        project.Files =
        [
            .. Names(folder, "*.cs")
                .Select(n => (Name: n, Path: Path.Combine(folder, n)))
                .Concat(components.Select(c => (c.Name, Path: c.Path!)))
                .OrderBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => new SourceFile(
                    f.Name,
                    CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(f.Path)), s_syntax, f.Name)
                )),
        ];
        return project;
    }

    /// <summary>The files of a project, from its folder, without those that a build made.</summary>
    public static IEnumerable<string> Names(string folder, string pattern) =>
        System
            .IO.Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("obj/", StringComparison.Ordinal) && !f.StartsWith("bin/", StringComparison.Ordinal));

    private static string? Generated(string generated, string component)
    {
        var path = Path.Combine(
            generated,
            "Microsoft.CodeAnalysis.Razor.Compiler",
            "Microsoft.NET.Sdk.Razor.SourceGenerators.RazorSourceGenerator",
            component.Replace(".razor", "_razor.g.cs", StringComparison.Ordinal)
        );
        return File.Exists(path) ? path : null;
    }

    private static IEnumerable<string> Items(XDocument file, string name) =>
        file.Descendants(name).Select(e => e.Attribute("Include")?.Value).OfType<string>();
}
