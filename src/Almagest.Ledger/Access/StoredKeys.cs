using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Access;

/// <summary>The keys that the servers of a ledger share. Not asynchronous: data protection is not.</summary>
public sealed class StoredKeys(LedgerDatabase ledger)
{
    /// <summary>Each key as its XML.</summary>
    public IReadOnlyList<string> Read()
    {
        using var connection = ledger.DataSource.OpenConnection();
        using var command = new NpgsqlCommand("select xml from public.data_protection_keys order by created_at, name", connection);
        using var reader = command.ExecuteReader();
        var found = new List<string>();
        while (reader.Read())
            found.Add(reader.GetString(0));
        return found;
    }

    public void Add(string name, string xml)
    {
        using var connection = ledger.DataSource.OpenConnection();
        using var command = new NpgsqlCommand(
            "insert into public.data_protection_keys (name, xml) values ($1, $2) on conflict (name) do nothing",
            connection
        )
        {
            Parameters =
            {
                new() { Value = name },
                new() { Value = xml },
            },
        };
        command.ExecuteNonQuery();
    }
}
