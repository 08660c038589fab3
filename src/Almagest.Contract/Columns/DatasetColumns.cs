using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of a loaded catalogue.</summary>
public static class DatasetColumns
{
    /// <summary>A dataset's name in a table about something else.</summary>
    public static Column Dataset { get; } = UnicodeText("dataset", "meta.id;meta.dataset", "name of the dataset");

    public static IReadOnlyList<Column> All { get; } =
    [
        StarColumns.DatasetId with
        {
            Ucd = "meta.id;meta.main",
        },
        UnicodeText(
            "name",
            "meta.id;meta.dataset",
            "its name; its stars, unless they stay in its files, are the table of that name in the schema dataset"
        ),
        Json("source", "meta.ref", "where it came from: one JSON object a file"),
        Text("checksum", "meta.code", "SHA-256 of the file's bytes; of several files: of their checksums"),
        Json("column_mapping", "meta.note", "star field to source column, a JSON object"),
        Double(
            "reference_epoch",
            "yr",
            "time.epoch",
            "Julian year for which its positions hold; null where it is not known, or not the same for all"
        ),
        Integer("star_count", "meta.number", "its stars"),
        Integer("rejected_count", "meta.number", "rows that could not be loaded"),
        Timestamp("created_at", "time.creation", "when it was loaded"),
    ];
}
