using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Almagest.Architecture.Tests.Sources;

/// <summary>A C# file of a project.</summary>
/// <param name="Path">where it is, from the project's folder, with slashes</param>
/// <param name="Tree">its syntax; of a Razor component that of the code generated from it</param>
internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    /// <summary>The folder that holds it, from the project's folder; empty at the top.</summary>
    public string Folder { get; } = System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public bool IsRazor => Path.EndsWith(".razor", StringComparison.Ordinal);

    /// <summary>The top-level types that it declares.</summary>
    public IEnumerable<MemberDeclarationSyntax> Types =>
        Tree.GetCompilationUnitRoot()
            .DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);
}
