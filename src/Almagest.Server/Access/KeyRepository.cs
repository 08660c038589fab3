using System.Xml.Linq;
using Almagest.Ledger.Access;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Almagest.Server.Access;

/// <summary>
/// Keeps the keys of cookies and forms in the ledger. While the database is away, or takes no writes, a key lives in memory, and is stored
/// at the next chance. Thread-safe.
/// </summary>
internal sealed class KeyRepository(LedgerDatabase ledger, ILogger<KeyRepository> logger) : IXmlRepository
{
    private readonly StoredKeys _stored = new(ledger);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, XElement> _waiting = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
        {
            foreach (var (name, key) in _waiting.ToList())
                if (Try(() => _stored.Add(name, Text(key))))
                    _waiting.Remove(name);
            IReadOnlyList<string> found = [];
            Try(() => found = _stored.Read());
            return [.. found.Select(XElement.Parse), .. _waiting.Values];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_gate)
            if (!Try(() => _stored.Add(friendlyName, Text(element))))
                _waiting[friendlyName] = element;
    }

    private static string Text(XElement element) => element.ToString(SaveOptions.DisableFormatting);

    private bool Try(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (NpgsqlException e)
        {
            logger.LogWarning("The keys of cookies are not shared with other servers for now: {Reason}", e.Message);
            return false;
        }
    }
}
