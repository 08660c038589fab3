using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>One row in which a view and a recomputation differ.</summary>
/// <param name="Side"><c>missing</c>: it should be in the view; <c>unexpected</c>: it should not</param>
/// <param name="Row">as JSON</param>
public sealed record ViewDifference(string ViewName, string Side, string Row);

/// <summary>How a view compares with a recomputation from the raw results.</summary>
/// <param name="Missing">rows that should be in the view and are not</param>
/// <param name="Unexpected">rows of the view that should not be there</param>
/// <param name="Examples">the first differing rows, as JSON, marked <c>missing</c> or <c>unexpected</c></param>
public sealed record ViewVerification(string ViewName, long Rows, long Missing, long Unexpected, bool Lags, IReadOnlyList<string> Examples)
{
    public bool Agrees => Missing == 0 && Unexpected == 0;
}

/// <summary>Recomputes each view from the raw results and compares every row exactly, in one snapshot, in either mode.</summary>
public sealed class ViewVerifier(LedgerDatabase ledger)
{
    private const int MostExamples = 10;

    /// <param name="report">called with each differing row as it comes from the database; rows are not kept</param>
    /// <param name="starting">called with each view's name before it is recomputed</param>
    public async Task<IReadOnlyList<ViewVerification>> VerifyAsync(
        IReadOnlyCollection<AnalyticsView>? views = null,
        Action<ViewDifference>? report = null,
        Action<string>? starting = null,
        CancellationToken cancellationToken = default
    )
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(
                    System.Data.IsolationLevel.RepeatableRead,
                    cancellationToken
                );
                await using (var memory = new NpgsqlCommand(RefreshSettings.Sql, connection))
                    await memory.ExecuteNonQueryAsync(cancellationToken);
                var all = new List<ViewVerification>();
                foreach (var view in AnalyticsViews.All.Where(v => views is null || views.Contains(v)))
                {
                    starting?.Invoke(view.Name);
                    all.Add(await VerifyOneAsync(connection, view, report, cancellationToken));
                }
                return all;
            },
            cancellationToken
        );
    }

    private static async Task<ViewVerification> VerifyOneAsync(
        NpgsqlConnection connection,
        AnalyticsView view,
        Action<ViewDifference>? report,
        CancellationToken cancellationToken
    )
    {
        var (rows, lags) = await SizeAsync(connection, view, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            with defined as materialized (
            {view.Definition}
            ),
            kept as materialized (select * from public.{view.Name})
            select 'missing', to_jsonb(d)::text from (select * from defined except all select * from kept) d
            union all
            select 'unexpected', to_jsonb(d)::text from (select * from kept except all select * from defined) d
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        long missing = 0,
            unexpected = 0;
        var examples = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var difference = new ViewDifference(view.Name, reader.GetString(0), reader.GetString(1));
            if (difference.Side == "missing")
                missing++;
            else
                unexpected++;
            if (examples.Count < MostExamples)
                examples.Add($"{difference.Side} {Clip(difference.Row)}");
            report?.Invoke(difference);
        }
        return new ViewVerification(view.Name, rows, missing, unexpected, lags, examples);
    }

    private static async Task<(long Rows, bool Lags)> SizeAsync(
        NpgsqlConnection connection,
        AnalyticsView view,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"select (select count(*) from public.{view.Name}), exists (select 1 from public.pending_view_changes where view_name = "
                + $"'{view.Name}') and (select mode from view_summaries.maintenance) = 'refresh'",
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }

    private static string Clip(string text) => text.Length <= 300 ? text : text[..300] + " …";
}
