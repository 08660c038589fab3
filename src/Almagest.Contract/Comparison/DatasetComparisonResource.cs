using System.Text.Json.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>Two tables of the same stars, such as two releases of a catalogue.</summary>
/// <param name="Dataset1">name of the first</param>
/// <param name="Stars1">its stars</param>
/// <param name="Epoch1">Julian year of its positions; null where it is not known</param>
/// <param name="PositionsCarried">whether the positions of dataset 1 were carried to the epoch of dataset 2 by their proper motions before
/// they were compared</param>
/// <param name="Pairing">which stars are the same</param>
/// <param name="Only1">stars of dataset 1 that have no partner</param>
/// <param name="Only2">stars of dataset 2 that have no partner</param>
/// <param name="Quantities">how the values of the pairs differ</param>
/// <param name="Columns1">columns that only dataset 1 has: fields of stars, then further columns of its file</param>
/// <param name="Columns2">columns that only dataset 2 has</param>
/// <param name="Notes">what is to be known of these numbers, whole sentences</param>
public sealed record DatasetComparisonResource(
    [property: JsonPropertyName("dataset_1")] string Dataset1,
    [property: JsonPropertyName("dataset_2")] string Dataset2,
    [property: JsonPropertyName("stars_1")] long Stars1,
    [property: JsonPropertyName("stars_2")] long Stars2,
    [property: JsonPropertyName("epoch_1")] double? Epoch1,
    [property: JsonPropertyName("epoch_2")] double? Epoch2,
    bool PositionsCarried,
    PairingResource Pairing,
    [property: JsonPropertyName("only_1")] UnpairedStars Only1,
    [property: JsonPropertyName("only_2")] UnpairedStars Only2,
    IReadOnlyList<QuantityChange> Quantities,
    [property: JsonPropertyName("columns_1")] IReadOnlyList<string> Columns1,
    [property: JsonPropertyName("columns_2")] IReadOnlyList<string> Columns2,
    IReadOnlyList<string> Notes
);

/// <summary>Stars of one dataset that have no partner in the other.</summary>
/// <param name="Count">how many; those whose links are ambiguous are not among them</param>
/// <param name="OutsideCoverage">of these, stars where the other dataset has none around: no loss and no discovery</param>
/// <param name="Fainter">of the others, stars fainter than 99 % of the other dataset's</param>
/// <param name="MedianMagnitude">of them all; null where no magnitude is known</param>
public sealed record UnpairedStars(long Count, long OutsideCoverage, long Fainter, double? MedianMagnitude);

/// <summary>How one quantity differs in two measurements of the same stars: the second less the first.</summary>
/// <param name="Quantity">the star's column; ra and dec are along the sky, in mas, at one epoch</param>
/// <param name="Unit">of shift, scatter and errors; null = a number without one</param>
/// <param name="Pairs">pairs of which both stars have it</param>
/// <param name="Lost">pairs of which only dataset 1 has it</param>
/// <param name="Gained">pairs of which only dataset 2 has it</param>
/// <param name="Same">pairs with the same value to the last digit</param>
/// <param name="Shift">median of the differences</param>
/// <param name="ShiftError">standard error of that median</param>
/// <param name="IsSystematic">whether the shift is more than five of its errors</param>
/// <param name="Scatter">standard deviation of the differences about the shift, by their median</param>
/// <param name="WithErrors">pairs with both errors; what follows is of them, and null where there are none</param>
/// <param name="Error1">median error in dataset 1</param>
/// <param name="Error2">median error in dataset 2</param>
/// <param name="SigmaScatter">scatter of the differences over their combined errors: 1 for right errors of independent
/// measurements</param>
/// <param name="Beyond3">pairs more than three combined errors from the shift</param>
/// <param name="Expected3">how many were to be expected of right, normal errors and independent measurements</param>
/// <param name="Beyond5">more than five</param>
/// <param name="Expected5">likewise</param>
public sealed record QuantityChange(
    string Quantity,
    string? Unit,
    long Pairs,
    long Lost,
    long Gained,
    long Same,
    double? Shift,
    double? ShiftError,
    bool IsSystematic,
    double? Scatter,
    long WithErrors,
    [property: JsonPropertyName("error_1")] double? Error1,
    [property: JsonPropertyName("error_2")] double? Error2,
    double? SigmaScatter,
    [property: JsonPropertyName("beyond_3_sigma")] long? Beyond3,
    [property: JsonPropertyName("expected_3_sigma")] double? Expected3,
    [property: JsonPropertyName("beyond_5_sigma")] long? Beyond5,
    [property: JsonPropertyName("expected_5_sigma")] double? Expected5
);
