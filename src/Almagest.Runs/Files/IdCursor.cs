using Almagest.Discovery.Storage;

namespace Almagest.Runs.Files;

/// <summary>Goes over ascending ids, which may be in a file, beside others that ascend.</summary>
internal sealed class IdCursor(Sequence<long> ids)
{
    private readonly long[] _some = new long[Math.Min(1 << 14, ids.Count)];
    private long _next;
    private int _at;
    private int _here;

    /// <summary>Whether an id is among them.</summary>
    /// <param name="id">not less than that asked for before</param>
    public bool Has(long id)
    {
        while (true)
        {
            if (_at == _here)
            {
                if (_next == ids.Count)
                    return false;
                _here = (int)Math.Min(_some.Length, ids.Count - _next);
                ids.CopyTo(_next, _some.AsSpan(0, _here));
                _next += _here;
                _at = 0;
            }
            if (_some[_at] >= id)
                return _some[_at] == id;
            _at++;
        }
    }
}
