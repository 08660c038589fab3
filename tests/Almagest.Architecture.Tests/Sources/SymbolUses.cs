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
            while (type?.ContainingType is { } outer) type = outer;
            return type?.OriginalDefinition;
        }
    }
}

/// <summary>Finds what files name. Comments do not count; <c>var</c>, target-typed <c>new</c>, indexers and operators do.</summary>
internal static class SymbolUses
{
    /// <summary>What the files of a project name of the repository's own types and members.</summary>
    /// <param name="isOwn">whether an assembly of this name is the repository's</param>
    public static IReadOnlyList<SymbolUse> Of(SourceProject project, CSharpCompilation compilation, Func<string, bool> isOwn) =>
        [.. project.Files.AsParallel().AsOrdered().SelectMany(file => Of(file, compilation.GetSemanticModel(file.Tree), isOwn))];

    private static List<SymbolUse> Of(SourceFile file, SemanticModel model, Func<string, bool> isOwn)
    {
        var uses = new List<SymbolUse>();
        foreach (var node in file.Tree.GetRoot().DescendantNodes())
        {
            if (node is not (SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax)) continue;
            if (node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null) continue;
            var info = model.GetSymbolInfo(node);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } symbol) continue;
            Add(node, symbol);
        }
        return uses;

        void Add(SyntaxNode node, ISymbol symbol)
        {
            if (symbol is IMethodSymbol { ReducedFrom: { } extension }) symbol = extension;
            if (symbol is INamespaceSymbol || symbol.ContainingAssembly is not { } assembly || !isOwn(assembly.Name)) return;
            if (symbol is ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol or ITypeParameterSymbol) return;
            uses.Add(new SymbolUse(file, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, symbol.OriginalDefinition));
        }
    }
}
