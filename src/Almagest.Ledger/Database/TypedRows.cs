using System.Reflection;
using Almagest.Contract.Errors;
using Almagest.Contract.Serialization;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// Rows of a statement as objects: a column is the property whose name has the same letters and digits, <c>run_1_id</c> is
/// <c>Run1Id</c>. What every command asks comes this way, and not by Entity Framework, whose first query costs a process more than all
/// else that a short command does.
/// </summary>
public static class TypedRows
{
    /// <summary>All rows.</summary>
    /// <param name="sql">with <c>$1</c>, <c>$2</c> … for the values</param>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static Task<List<T>> RowsAsync<T>(
        this ILedgerReader ledger,
        string sql,
        CancellationToken cancellationToken,
        params IReadOnlyList<object> values
    )
        where T : class => ledger.RowsAsync<T>(connection => Command(connection, sql, values), cancellationToken);

    /// <summary>All rows of a command of the caller's.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static Task<List<T>> RowsAsync<T>(
        this ILedgerReader ledger,
        Func<NpgsqlConnection, NpgsqlCommand> command,
        CancellationToken cancellationToken
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(command);
        return ledger.AskAsync(
            async connection =>
            {
                await using var asked = command(connection);
                await using var reader = await asked.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                var rows = new List<T>();
                var places = RowShape<T>.PlacesIn(reader);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    rows.Add(RowShape<T>.Read(reader, places));
                return rows;
            },
            cancellationToken
        );
    }

    /// <summary>Whether a property is the column of that name.</summary>
    internal static bool IsNamed(string property, string column) =>
        property.Equals(column.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IReadOnlyList<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    /// <summary>Writes one column of a row.</summary>
    private delegate void Setter(object row, NpgsqlDataReader reader, int column);

    private static class RowShape<T>
        where T : class
    {
        private static readonly (string Name, Setter Set)[] s_properties =
        [
            .. typeof(T).GetProperties().Where(p => p.SetMethod is not null).Select(p => (p.Name, SetterOf<T>(p))),
        ];

        /// <summary>Where each column goes; nowhere where there is no such property.</summary>
        public static Setter?[] PlacesIn(NpgsqlDataReader reader)
        {
            var places = new Setter?[reader.FieldCount];
            for (var i = 0; i < places.Length; i++)
            {
                var column = reader.GetName(i);
                places[i] = Array.Find(s_properties, p => IsNamed(p.Name, column)).Set;
            }
            return places;
        }

        public static T Read(NpgsqlDataReader reader, Setter?[] places)
        {
            var row = Activator.CreateInstance<T>();
            for (var i = 0; i < places.Length; i++)
            {
                // What is null in the database is the default of its property, which is null.
                if (places[i] is { } set && !reader.IsDBNull(i))
                    set(row, reader, i);
            }
            return row;
        }
    }

    private static Setter SetterOf<T>(PropertyInfo property)
        where T : class
    {
        var set = property.SetMethod!;
        return property.PropertyType switch
        {
            var t when t == typeof(string) => Of<string>((reader, i) => reader.GetString(i)),
            var t when t == typeof(RawJson) => Of<RawJson>((reader, i) => new RawJson(reader.GetString(i))),
            var t when t == typeof(bool) => Of<bool>((reader, i) => reader.GetBoolean(i)),
            var t when t == typeof(int) => Of<int>((reader, i) => reader.GetInt32(i)),
            var t when t == typeof(int?) => Of<int?>((reader, i) => reader.GetInt32(i)),
            var t when t == typeof(long) => Of<long>((reader, i) => reader.GetInt64(i)),
            var t when t == typeof(long?) => Of<long?>((reader, i) => reader.GetInt64(i)),
            var t when t == typeof(double) => Of<double>((reader, i) => reader.GetDouble(i)),
            var t when t == typeof(double?) => Of<double?>((reader, i) => reader.GetDouble(i)),
            var t when t == typeof(Guid) => Of<Guid>((reader, i) => reader.GetGuid(i)),
            var t when t == typeof(Guid?) => Of<Guid?>((reader, i) => reader.GetGuid(i)),
            var t when t == typeof(DateTime) => Of<DateTime>((reader, i) => reader.GetDateTime(i)),
            var t when t == typeof(DateTime?) => Of<DateTime?>((reader, i) => reader.GetDateTime(i)),
            var t when t == typeof(DateOnly) => Of<DateOnly>((reader, i) => reader.GetFieldValue<DateOnly>(i)),
            var t when t == typeof(long[]) => Of<long[]>((reader, i) => reader.GetFieldValue<long[]>(i)),
            var t when t == typeof(Guid[]) => Of<Guid[]>((reader, i) => reader.GetFieldValue<Guid[]>(i)),
            _ => throw new InvalidOperationException($"rows with a {property.PropertyType.Name} ({property.Name}) are not read here"),
        };

        Setter Of<TValue>(Func<NpgsqlDataReader, int, TValue> read)
        {
            var put = set.CreateDelegate<Action<T, TValue>>();
            return (row, reader, i) => put((T)row, read(reader, i));
        }
    }
}
