namespace Almagest.Dashboard.Uploads;

/// <summary>A file that was received and is neither loaded nor forgotten.</summary>
/// <param name="Owner">who sent it</param>
internal sealed record KeptUpload(Guid Id, UploadedFile File, string Owner, DateTime ReceivedAt);

/// <summary>Files whose page was left before they were loaded: whoever sent them finds them again. Thread-safe.</summary>
internal sealed class KeptUploads : IDisposable
{
    private const int MostOfOne = 10;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    private readonly List<KeptUpload> _files = [];
    private readonly Lock _lock = new();

    /// <summary>Of one person, the newest first.</summary>
    public IReadOnlyList<KeptUpload> Of(string owner)
    {
        lock (_lock)
        {
            Forget(owner);
            return [.. Enumerable.Reverse(_files).Where(f => f.Owner == owner)];
        }
    }

    public void Keep(UploadedFile file, string owner)
    {
        lock (_lock)
        {
            _files.Add(new KeptUpload(Guid.CreateVersion7(), file, owner, DateTime.UtcNow));
            Forget(owner);
        }
    }

    /// <summary>Hands a file over: the caller disposes of it. null where there is none, or it is somebody else's.</summary>
    public UploadedFile? Take(Guid id, string owner)
    {
        lock (_lock)
        {
            if (_files.Find(f => f.Id == id && f.Owner == owner) is not { } kept)
                return null;
            _files.Remove(kept);
            return kept.File;
        }
    }

    private void Forget(string owner)
    {
        var old = DateTime.UtcNow - s_kept;
        foreach (var kept in _files.Where(f => f.ReceivedAt < old).Concat(_files.Where(f => f.Owner == owner).SkipLast(MostOfOne)).ToList())
        {
            _files.Remove(kept);
            kept.File.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _files.ForEach(f => f.File.Dispose());
            _files.Clear();
        }
    }
}
