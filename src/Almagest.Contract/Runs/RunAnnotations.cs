namespace Almagest.Contract.Runs;

/// <summary>One tag of a run.</summary>
/// <param name="TaggedBy">who gave it; null where that was not said</param>
public sealed record RunTagResource(string Tag, string? TaggedBy, DateTime TaggedAt);

/// <summary>The tags of a run.</summary>
public sealed record RunTagList(Guid RunId, IReadOnlyList<RunTagResource> Tags);

/// <summary>A note about a run.</summary>
/// <param name="NoteId">in order of writing</param>
/// <param name="WrittenBy">who wrote it; null where that was not said</param>
public sealed record RunNoteResource(long NoteId, string Text, string? WrittenBy, DateTime WrittenAt);

/// <summary>The notes about a run, oldest first; at most 1000.</summary>
public sealed record RunNoteList(Guid RunId, IReadOnlyList<RunNoteResource> Notes);
