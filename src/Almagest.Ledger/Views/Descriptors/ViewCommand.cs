namespace Almagest.Ledger.Views.Descriptors;

/// <summary>
/// A view's command below <c>analytics</c>: its filters are the options, with <c>--sort</c>, <c>--limit</c> and <c>-o</c> for a table in a
/// file. With <c>--json</c> it writes the rows as the route does.
/// </summary>
/// <param name="Name">the command</param>
/// <param name="Description">what it shows, in one line</param>
/// <param name="Document">the name of the array of rows in its JSON</param>
/// <param name="Nothing">what it says where there are no rows</param>
public sealed record ViewCommand(string Name, string Description, string Document, string Nothing)
{
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>The columns of the table on the screen.</summary>
    public required IReadOnlyList<ViewCell> Cells { get; init; }
}

/// <summary>One column of a table on the screen.</summary>
/// <param name="Heading">a leading <c>&gt;</c> aligns the column to the right; a leading <c>~</c> allows it to wrap</param>
/// <param name="Value">of a row; null is a dash. Ids of runs are shortened, whole numbers grouped, times in minutes</param>
/// <param name="Format">of numbers, such as 0.00</param>
public sealed record ViewCell(string Heading, Func<object, object?> Value, string Format = "0.00")
{
    /// <summary>Whether the value is the id of a dataset, whose name is shown.</summary>
    public bool IsDataset { get; init; }

    /// <summary>Whether a whole number is a name rather than a count: it is not grouped.</summary>
    public bool IsCode { get; init; }

    /// <summary>Text is cut off behind so many characters.</summary>
    public int Most { get; init; } = int.MaxValue;

    public static ViewCell Of<TRow>(string heading, Func<TRow, object?> value, string format = "0.00") =>
        new(heading, row => value((TRow)row), format);
}
