namespace Almagest.Discovery.Abstractions;

/// <summary>What the values of a parameter are.</summary>
public enum ParameterKind
{
    /// <summary>A finite number.</summary>
    Real,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Any text, or null for none.</summary>
    Text,

    /// <summary>The name of a recipe of features, or null for the first choice of the selection.</summary>
    Recipe,
}
