using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Almagest.Architecture.Tests.Sources;

/// <summary>A type or member that a file names, and where it does.</summary>
internal readonly record struct SymbolUse(SourceFile File, int Line, ISymbol Symbol)
{
    /// <summary>The top-level type that it is, or belongs to.</summary>
    public INamedTypeSymbol? Type
    {
        get
        {
            var type = Symbol as INamedTypeSymbol ?? Symbol.ContainingType;
            while (type?.ContainingType is { } outer)
                type = outer;
            return type?.OriginalDefinition;
        }
    }
}

/// <summary>
/// What the files of a project name. Comments do not count; <c>var</c>, target-typed <c>new</c>, indexers and operators do.
/// </summary>
internal sealed class SymbolUses
{
    /// <summary>Names that mean nothing by themselves.</summary>
    private static readonly HashSet<string> s_words = ["nameof", "global", "_", "notnull", "unmanaged"];

    private readonly List<SymbolUse> _uses = [];
    private readonly List<string> _unknown = [];

    private SymbolUses() { }

    /// <summary>Types and members of the repository's own projects.</summary>
    public IReadOnlyList<SymbolUse> All => _uses;

    /// <summary>Names without a meaning, with their places: where there are any, something is missing above.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <param name="isOwn">whether an assembly of this name is the repository's</param>
    public static SymbolUses Of(SourceProject project, CSharpCompilation compilation, Func<string, bool> isOwn)
    {
        var all = new SymbolUses();
        var found = project
            // A migration's designer is a model as the tool wrote it: long, and it names nothing of ours but by text.
            .Files.Where(f => !f.Path.EndsWith(".Designer.cs", StringComparison.Ordinal))
            .AsParallel()
            .AsOrdered()
            .Select(file => Of(file, compilation.GetSemanticModel(file.Tree), isOwn))
            .ToList();
        foreach (var one in found)
        {
            all._uses.AddRange(one._uses);
            all._unknown.AddRange(one._unknown);
        }
        return all;
    }

    private static SymbolUses Of(SourceFile file, SemanticModel model, Func<string, bool> isOwn)
    {
        var found = new SymbolUses();
        foreach (var node in file.Tree.GetRoot().DescendantNodes(n => n is not UsingDirectiveSyntax))
        {
            if (
                node
                is not (
                    SimpleNameSyntax
                    or ImplicitObjectCreationExpressionSyntax
                    or ElementAccessExpressionSyntax
                    or BinaryExpressionSyntax
                )
            )
                continue;
            var info = model.GetSymbolInfo(node);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is { } symbol)
                found.Add(file, node, symbol, isOwn);
            else if (node is SimpleNameSyntax name && IsUnknown(name, model))
                found._unknown.Add($"{file.Path}:{LineOf(node)} {name}");
        }
        return found;
    }

    private static bool IsUnknown(SimpleNameSyntax name, SemanticModel model) =>
        !s_words.Contains(name.Identifier.Text) && model.GetTypeInfo(name) is { Type: null or IErrorTypeSymbol };

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private void Add(SourceFile file, SyntaxNode node, ISymbol symbol, Func<string, bool> isOwn)
    {
        if (symbol is IMethodSymbol { ReducedFrom: { } extension })
            symbol = extension;
        if (symbol is INamespaceSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol or ITypeParameterSymbol)
            return;
        if (symbol.ContainingAssembly is not { } assembly || !isOwn(assembly.Name))
            return;
        _uses.Add(new SymbolUse(file, LineOf(node), symbol.OriginalDefinition));
    }
}
