namespace Almagest.Contract.Status;

/// <summary>Something that was deleted and can be brought back for a day.</summary>
/// <param name="DeletionId">its number</param>
/// <param name="Kind"><c>dataset</c>, <c>run</c>, <c>note</c> or <c>label</c></param>
/// <param name="RunId">the run, or that of the note; null for others</param>
/// <param name="StarId">the star of the label; null for others</param>
/// <param name="Dataset">name of the dataset, or of that which it belongs to</param>
/// <param name="Summary">what went, in words</param>
/// <param name="DeletedAt">UTC</param>
/// <param name="DeletedBy">who deleted it; null where nobody said so</param>
/// <param name="Until">from then on it is gone for good, UTC</param>
/// <param name="DatasetId">number of the dataset</param>
public sealed record DeletionResource(
    long DeletionId,
    string Kind,
    Guid? RunId,
    long? StarId,
    string Dataset,
    string Summary,
    DateTime DeletedAt,
    string? DeletedBy,
    DateTime Until,
    long DatasetId
);
