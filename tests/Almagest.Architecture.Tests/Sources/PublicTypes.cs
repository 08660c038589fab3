using Microsoft.CodeAnalysis;

namespace Almagest.Architecture.Tests.Sources;

/// <summary>Finds types that are public although no other project of the tree needs them.</summary>
internal static class PublicTypes
{
    /// <summary>By project; a type that stands in what a needed one shows is needed too.</summary>
    public static IEnumerable<(SourceProject Project, INamedTypeSymbol Type)> Unneeded(SourceTree tree)
    {
        var needed = new HashSet<string>();
        foreach (var project in tree.Projects)
        foreach (var use in tree.UsesOf(project).All)
            if (use.Type is { } type && type.ContainingAssembly.Name != project.AssemblyName)
                needed.Add(type.ToDisplayString());
        var types = tree.Projects.ToDictionary(p => p, p => PublicOf(tree, p).ToList());
        // Razor makes components public.
        foreach (var (project, type) in types.SelectMany(p => p.Value.Select(t => (p.Key, t))))
            if (IsComponent(project, type))
                needed.Add(type.ToDisplayString());
        var byName = types.Values.SelectMany(t => t).ToDictionary(t => t.ToDisplayString());
        var ahead = new Stack<string>(needed);
        while (ahead.TryPop(out var name))
            if (byName.TryGetValue(name, out var type))
                foreach (var shown in Shown(type))
                    if (needed.Add(shown))
                        ahead.Push(shown);
        return from project in types
            from type in project.Value
            where !needed.Contains(type.ToDisplayString()) && !IsMigration(type)
            select (project.Key, type);
    }

    private static IEnumerable<INamedTypeSymbol> PublicOf(SourceTree tree, SourceProject project) =>
        Types(tree[project].Assembly.GlobalNamespace).Where(t => t.DeclaredAccessibility == Accessibility.Public);

    private static bool IsComponent(SourceProject project, INamedTypeSymbol type) =>
        project.Files.Any(f => f.IsRazor && type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == f.Tree));

    /// <summary>Entity Framework's tool writes them, as public.</summary>
    private static bool IsMigration(INamedTypeSymbol type) => type.BaseType?.Name == "Migration";

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) =>
        space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(Types));

    /// <summary>The types in the signatures that whoever uses a type may see.</summary>
    private static HashSet<string> Shown(INamedTypeSymbol type)
    {
        var shown = new HashSet<string>();
        Show(type);
        return shown;

        void Show(INamedTypeSymbol of)
        {
            Add(of.BaseType);
            foreach (var one in of.Interfaces)
                Add(one);
            foreach (var parameter in of.TypeParameters)
            foreach (var constraint in parameter.ConstraintTypes)
                Add(constraint);
            foreach (var member in of.GetMembers().Where(IsSeen))
            {
                switch (member)
                {
                    case IMethodSymbol method:
                        Add(method.ReturnType);
                        foreach (var parameter in method.Parameters)
                            Add(parameter.Type);
                        foreach (var parameter in method.TypeParameters)
                        foreach (var constraint in parameter.ConstraintTypes)
                            Add(constraint);
                        break;
                    case IPropertySymbol property:
                        Add(property.Type);
                        break;
                    case IFieldSymbol field:
                        Add(field.Type);
                        break;
                    case IEventSymbol happening:
                        Add(happening.Type);
                        break;
                    case INamedTypeSymbol inner:
                        Show(inner);
                        break;
                }
            }
        }

        void Add(ITypeSymbol? found)
        {
            switch (found)
            {
                case IArrayTypeSymbol array:
                    Add(array.ElementType);
                    break;
                case IPointerTypeSymbol pointer:
                    Add(pointer.PointedAtType);
                    break;
                case INamedTypeSymbol named:
                    foreach (var argument in named.TypeArguments)
                        Add(argument);
                    var outer = named.OriginalDefinition;
                    while (outer.ContainingType is { } around)
                        outer = around;
                    shown.Add(outer.ToDisplayString());
                    break;
            }
        }
    }

    private static bool IsSeen(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
}
