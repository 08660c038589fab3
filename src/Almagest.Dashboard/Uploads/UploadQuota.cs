using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;

namespace Almagest.Dashboard.Uploads;

/// <summary>
/// How much one person may send to this server, by routes and pages together: files at once, and bytes within a day. It counts what was
/// received, loaded or not, while the server runs. The account that runs the server is its owner, and is not bounded. Thread-safe.
/// </summary>
/// <param name="mostAtOnce">files that are being received</param>
/// <param name="mostBytes">within 24 hours, to the hour</param>
public sealed class UploadQuota(int mostAtOnce, long mostBytes, TimeProvider? clock = null)
{
    private const int Hours = 24;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Dictionary<string, Sender> _senders = [];
    private readonly Lock _lock = new();

    private sealed class Sender
    {
        public int AtOnce { get; set; }

        public Dictionary<long, long> BytesByHour { get; } = [];
    }

    private long Hour => _clock.GetUtcNow().ToUnixTimeSeconds() / 3600;

    /// <summary>A place for one file; it is given back when it is disposed of.</summary>
    /// <param name="expected">bytes, 0 where that is not known beforehand</param>
    /// <exception cref="LedgerException">too many are being received, or too much was</exception>
    public Turn Begin(Person? person, long expected)
    {
        if (person is null or { Way: WayIn.Account })
            return new Turn(null, "", null);
        lock (_lock)
        {
            Forget();
            if (!_senders.TryGetValue(person.Key, out var sender))
                _senders[person.Key] = sender = new Sender();
            if (sender.AtOnce >= mostAtOnce)
                throw LedgerException
                    .Of(
                        ErrorCode.UploadQuota,
                        $"{mostAtOnce} files of yours are being received already",
                        "Send this one when they have arrived."
                    )
                    .With("most_at_once", mostAtOnce);
            Require(sender, expected);
            sender.AtOnce++;
            return new Turn(this, person.Key, sender);
        }
    }

    private void Require(Sender sender, long more)
    {
        var sent = sender.BytesByHour.Values.Sum();
        if (sent + more <= mostBytes)
            return;
        var free = DateTimeOffset.FromUnixTimeSeconds(
            (sender.BytesByHour.Count == 0 ? Hour : sender.BytesByHour.Keys.Min() + Hours) * 3600
        );
        throw LedgerException
            .Of(
                ErrorCode.UploadQuota,
                $"you have sent {Written(sent)} within a day, {(more > 0 ? $"this is {Written(more)} more, " : "")}"
                    + $"and this server takes {Written(mostBytes)} of one person",
                sender.BytesByHour.Count == 0
                    ? "Whoever runs the server can load it there: almagest ingest FILE."
                    : $"Some of it counts no more from {free:yyyy-MM-dd HH:mm} UTC on."
            )
            .With("sent_bytes", sent)
            .With("most_bytes", mostBytes);
    }

    private void Add(Sender sender, long bytes)
    {
        lock (_lock)
        {
            sender.BytesByHour[Hour] = sender.BytesByHour.GetValueOrDefault(Hour) + bytes;
            Require(sender, 0);
        }
    }

    private void End(string key, Sender sender)
    {
        lock (_lock)
        {
            sender.AtOnce--;
            if (sender.AtOnce == 0 && sender.BytesByHour.Count == 0)
                _senders.Remove(key);
        }
    }

    private void Forget()
    {
        var old = Hour - Hours;
        foreach (var (key, sender) in _senders.ToList())
        {
            foreach (var hour in sender.BytesByHour.Keys.Where(h => h <= old).ToList())
                sender.BytesByHour.Remove(hour);
            if (sender.AtOnce == 0 && sender.BytesByHour.Count == 0)
                _senders.Remove(key);
        }
    }

    private static string Written(long bytes) =>
        bytes >= 1L << 30 ? FormattableString.Invariant($"{bytes / (double)(1L << 30):0.0} GiB")
        : bytes >= 1L << 20 ? FormattableString.Invariant($"{bytes / (double)(1L << 20):0} MiB")
        : FormattableString.Invariant($"{bytes:N0} bytes");

    /// <summary>One file on its way.</summary>
    public sealed class Turn : IDisposable
    {
        private readonly string _key;
        private readonly Sender? _sender;
        private UploadQuota? _quota;
        private long _told;

        internal Turn(UploadQuota? quota, string key, object? sender) => (_quota, _key, _sender) = (quota, key, (Sender?)sender);

        /// <param name="total">bytes of this file so far</param>
        /// <exception cref="LedgerException">with it, too much was received</exception>
        public void Received(long total)
        {
            var more = total - _told;
            _told = total;
            if (_sender is { } sender)
                _quota?.Add(sender, more);
        }

        public void Dispose()
        {
            if (_sender is { } sender)
                _quota?.End(_key, sender);
            _quota = null;
        }
    }
}
