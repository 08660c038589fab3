using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>How a view compares with a recomputation from the raw results.</summary>
/// <param name="Missing">rows that should be in the view and are not</param>
/// <param name="Unexpected">rows of the view that should not be there</param>
/// <param name="Examples">the first differing rows, as JSON, marked <c>missing</c> or <c>unexpected</c></param>
public sealed record ViewVerification(string ViewName, long Rows, long Missing, long Unexpected, bool Lags, IReadOnlyList<string> Examples)
{
    public bool Agrees => Missing == 0 && Unexpected == 0;
}

/// <summary>Recomputes each view from the raw results and compares every row exactly, in one snapshot.</summary>
public sealed class ViewVerifier(LedgerDatabase ledger)
{
    const int MostExamples = 10;

    public async Task<IReadOnlyList<ViewVerification>> VerifyAsync(IReadOnlyCollection<AnalyticsView>? views = null, CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
            var all = new List<ViewVerification>();
            foreach (var view in AnalyticsViews.All.Where(v => views is null || views.Contains(v)))
                all.Add(await VerifyOneAsync(connection, view, cancellation));
            return all;
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    static async Task<ViewVerification> VerifyOneAsync(NpgsqlConnection connection, AnalyticsView view, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            with defined as materialized (
            {view.Definition}
            ),
            differing as (
              select 'missing' as side, to_jsonb(d) as row from (select * from defined except all select * from public.{view.Name}) d
              union all
              select 'unexpected', to_jsonb(d) from (select * from public.{view.Name} except all select * from defined) d
            )
            select side, count(*) over (partition by side), side || ' ' || row::text, (select count(*) from public.{view.Name}),
                   exists (select 1 from public.pending_view_changes where view_name = '{view.Name}')
            from (select '' as side, null::jsonb as row union all select side, row from differing) x
            """, connection) { CommandTimeout = 0 };
        long rows = 0, missing = 0, unexpected = 0;
        var lags = false;
        var examples = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows = reader.GetInt64(3);
            lags = reader.GetBoolean(4);
            switch (reader.GetString(0))
            {
                case "missing": missing = reader.GetInt64(1); break;
                case "unexpected": unexpected = reader.GetInt64(1); break;
                default: continue;
            }
            if (examples.Count < MostExamples) examples.Add(Clip(reader.GetString(2)));
        }
        return new ViewVerification(view.Name, rows, missing, unexpected, lags, examples);
    }

    static string Clip(string text) => text.Length <= 300 ? text : text[..300] + " …";
}
