using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of what changed between two catalogues of the same stars, and between two runs over them.</summary>
public static class ChangeColumns
{
    /// <summary>How one quantity differs in the pairs of two datasets. Values have the unit that the row names.</summary>
    public static IReadOnlyList<Column> OfQuantity { get; } =
    [
        Text("quantity", "meta.id", "the star's column; ra and dec are along the sky, at one epoch"),
        Text("unit", "meta.unit", "of shift, scatter and errors"),
        Integer("pairs", "meta.number", "pairs of which both stars have it"),
        Integer("lost", "meta.number", "pairs of which only dataset 1 has it"),
        Integer("gained", "meta.number", "pairs of which only dataset 2 has it"),
        Integer("same", "meta.number", "pairs with the same value to the last digit"),
        Double("shift", null, "stat.value;stat.median", "median of second less first"),
        Double("shift_error", null, "stat.error;stat.median", "standard error of that median"),
        Boolean("is_systematic", "meta.code", "whether the shift is more than five of its errors"),
        Double("scatter", null, "stat.value;stat.stdev", "standard deviation of the differences about the shift, by their median"),
        Integer("with_errors", "meta.number", "pairs with both errors"),
        Double("error_1", null, "stat.error;stat.median", "median error in dataset 1"),
        Double("error_2", null, "stat.error;stat.median", "median error in dataset 2"),
        Double("sigma_scatter", null, "stat.value;stat.stdev", "scatter of the differences over their combined errors"),
        Integer("beyond_3_sigma", "meta.number", "pairs more than three combined errors from the shift"),
        Double("expected_3_sigma", null, "meta.number;stat.mean", "how many were to be expected of normal errors"),
        Integer("beyond_5_sigma", "meta.number", "pairs more than five combined errors from the shift"),
        Double("expected_5_sigma", null, "meta.number;stat.mean", "how many were to be expected of normal errors"),
    ];

    /// <summary>Of a flag that is new or gone, after the ids, the place and the magnitude of the star.</summary>
    public static IReadOnlyList<Column> OfFlag { get; } =
    [
        ComparisonColumns.Score1,
        ComparisonColumns.Score2,
        Text("cause", "meta.code", "why the flag is new or gone"),
        Text("quantity", "meta.id", "the column that changed most to that effect"),
        Double("value_1", null, "stat.value", "its value in dataset 1"),
        Double("value_2", null, "stat.value", "its value in dataset 2"),
        Double("error_1", null, "stat.error", "its error in dataset 1"),
        Double("error_2", null, "stat.error", "its error in dataset 2"),
        Double("sigmas", null, "stat.value;arith.ratio", "how far it moved, in combined errors"),
        Double("measurement_part", null, "stat.value", "what the star's values made of score_2 - score_1"),
        Double("error_part", null, "stat.value", "what its errors made of it"),
        Double("threshold_part", null, "stat.value", "what the threshold made of it"),
        Double("detector_part", null, "stat.value", "what the detector made of it, which learned from other stars"),
        Text("sentence", "meta.note", "the cause in one sentence"),
    ];

    /// <summary>What happened to a flag.</summary>
    public static Column Change { get; } = Text("change", "meta.code", "new = only run 2 flags the star, gone = only run 1 does");

    /// <summary>Of a star of two tables.</summary>
    public static Column In { get; } = Text("found_in", "meta.code", "both tables, or table_1 or table_2 alone");

    /// <summary>By how much a quantity of a star moved from table 1 to table 2.</summary>
    public static Column Difference(string quantity, string? unit) =>
        Double($"{quantity}_difference", unit, "stat.value;arith.diff", $"{quantity} in dataset 2 less that in dataset 1");

    /// <summary>The same in combined errors.</summary>
    public static Column Sigmas(string quantity) =>
        Double($"{quantity}_sigmas", null, "stat.value;arith.ratio", "that difference over the root of the sum of both errors squared");
}
