namespace Almagest.Discovery.Abstractions;

/// <summary>
/// Makes a property of a <see cref="RunParameters"/> record a parameter of its algorithm. The property gives the type and the default, its
/// name in snake_case is the parameter's name; everything else is said here, once, for validation, command line, API, form and docs.
/// </summary>
/// <param name="help">what it is, a phrase without a full stop; the range follows it in every text</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute(string help) : Attribute
{
    public string Help { get; } = help;

    /// <summary>What a form calls it; left out = the name with blanks.</summary>
    public string? Label { get; init; }

    /// <summary>How to choose it, one sentence.</summary>
    public string? Advice { get; init; }

    /// <summary>The unit of a number, e.g. <c>trees</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>The least value that is allowed.</summary>
    public double Min { get; init; } = double.NaN;

    /// <summary>Only values above this one are allowed.</summary>
    public double Above { get; init; } = double.NaN;

    /// <summary>The largest value that is allowed.</summary>
    public double Max { get; init; } = double.NaN;

    /// <summary>The words that are allowed; for texts.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>What null means, e.g. <c>min_cluster_size</c>: the value of that one; for properties that may be null.</summary>
    public string? WhenNull { get; init; }

    /// <summary>The command line's name of it, without dashes; left out = the name with dashes, which else stays as a second
    /// name.</summary>
    public string? Option { get; init; }

    /// <summary>What stands for a value in the command line's help, e.g. <c>SHARE</c>.</summary>
    public string? ValueName { get; init; }
}
