namespace Almagest.Ledger.Views.Descriptors;

/// <summary>
/// One way to choose rows of a view: a parameter of its route, an option of its command, a condition of its SQL, and a part of the words
/// that say in a file which rows it has.
/// </summary>
/// <param name="Name">of the parameter</param>
/// <param name="Description">which rows remain, in one line that begins with a small letter</param>
public abstract record ViewFilter(string Name, string Description)
{
    /// <summary>In PostgreSQL, with <c>{0}</c> for the value: the program's own text, never a user's.</summary>
    public string Condition { get; init; } = $"{Name} = {{0}}";

    /// <summary>The option of the view's command; null where the command has none.</summary>
    public string? Option { get; init; } = "--" + Name.Replace('_', '-');

    /// <summary>The value where none is given; null = no condition.</summary>
    public object? Default { get; init; }

    /// <summary>The condition in words, for a file's provenance; null = says nothing.</summary>
    public required Func<object, string?> Describe { get; init; }
}

/// <summary>One of a few words. Its value is a <see cref="string"/>.</summary>
public sealed record ChoiceFilter(string Name, string Description, IReadOnlyList<string> Choices) : ViewFilter(Name, Description);

/// <summary>Text as it is. Its value is a <see cref="string"/>.</summary>
internal sealed record TextFilter(string Name, string Description) : ViewFilter(Name, Description);

/// <summary>A number in a closed range. Its value is a <see cref="double"/>.</summary>
public sealed record NumberFilter(string Name, string Description, double Least, double Most) : ViewFilter(Name, Description);

/// <summary>A whole number in a closed range. Its value is a <see cref="long"/>.</summary>
public sealed record WholeFilter(string Name, string Description, long Least, long Most) : ViewFilter(Name, Description);

/// <summary>A run, which must exist. Its value is a <see cref="Guid"/>.</summary>
public sealed record RunFilter(string Name, string Description) : ViewFilter(Name, Description)
{
    /// <summary>Part of the route's path, and so always given.</summary>
    public bool InPath { get; init; }
}

/// <summary>A dataset by name or id, which must exist. Its value is its id, a <see cref="long"/>.</summary>
public sealed record DatasetFilter(string Name, string Description) : ViewFilter(Name, Description);

/// <summary>A circle on the sky. Its value are the cells that it touches (<see cref="DatasetCoverage.SkyCell"/>), an array of
/// <see cref="long"/>.</summary>
public sealed record ConeFilter(string Name, string Description) : ViewFilter(Name, Description);

/// <summary>Filters that several views have.</summary>
internal static class ViewFilters
{
    public static ViewFilter RunType { get; } =
        new ChoiceFilter("run_type", "only runs of this type", Model.RunTypes.All) { Option = "--type", Describe = type => $"{type} runs" };

    public static ViewFilter Run { get; } = new RunFilter("run_id", "only this run") { Option = "--run", Describe = run => $"run {run}" };

    /// <summary>Of views whose rows are pairs.</summary>
    public static ViewFilter RunOfPair { get; } =
        new RunFilter("run_id", "only pairs with this run")
        {
            Condition = "(run_1_id = {0} or run_2_id = {0})",
            Option = "--run",
            Describe = run => $"run {run}",
        };

    public static ViewFilter LabelSet { get; } =
        new TextFilter("label_set", "only this set of labels, such as truth") { Describe = set => $"the label set {set}" };
}
