namespace Almagest.Catalog;

/// <summary>
/// A file that cannot be read as a catalogue. The message is written for the user: what was found, where and what was expected. It
/// names no option of a command: where advice needs one, the code and the facts say what it is about. It is the only exception that
/// readers throw because of a file's content.
/// </summary>
public sealed class CatalogFormatException : Exception
{
    /// <summary>A file that is damaged, or not of a known format.</summary>
    public const string Unreadable = "unreadable_catalogue";

    /// <summary>No columns of positions. Facts: <c>fields</c>, the names of those that are missing.</summary>
    public const string PositionsMissing = "positions_missing";

    /// <summary>Positions in a system that is not converted.</summary>
    public const string PositionSystemUnknown = "position_system_unknown";

    /// <summary>Right ascensions without a unit that may be hours. Facts: <c>column</c>.</summary>
    public const string PositionUnitUnknown = "position_unit_unknown";

    /// <summary>Right ascensions that may run from -180 to 180 degrees, or are said to and do not. Facts: <c>column</c>, and
    /// <c>ra_from</c> where it was said.</summary>
    public const string PositionRangeUnknown = "position_range_unknown";

    /// <summary>Positions whose epoch is not known and would be needed.</summary>
    public const string CatalogueEpochUnknown = "catalogue_epoch_unknown";

    /// <summary>A table of labels without source ids.</summary>
    public const string LabelIdsMissing = "label_ids_missing";

    /// <summary>A table of labels without labels.</summary>
    public const string LabelsMissing = "labels_missing";

    /// <summary>A ReadMe in place of a table.</summary>
    public const string ReadMeWithoutRows = "readme_without_rows";

    /// <summary>A service that did not answer in time.</summary>
    public const string ServiceTimeout = "service_timeout";

    /// <summary>An answer of a service beyond the limit.</summary>
    public const string ServiceAnswerTooLarge = "service_answer_too_large";

    public CatalogFormatException(string message)
        : base(message) { }

    public CatalogFormatException(string message, Exception inner)
        : base(message, inner) { }

    public CatalogFormatException() { }

    /// <summary>What kind of trouble, by a name that stays.</summary>
    public string Code { get; init; } = Unreadable;

    /// <summary>Named values of the case.</summary>
    public IReadOnlyDictionary<string, object?> Facts { get; init; } = new Dictionary<string, object?>();
}
