using System.Globalization;
using System.Text.Json;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Dashboard.Shared;

/// <summary>The address of the form that starts runs, as it was written for a run that there is.</summary>
internal static class StartAddress
{
    /// <param name="withoutKind">the kind of the run's flagged stars that is left out; null = none</param>
    public static string Of(DiscoveryRun run, string dataset, int? withoutKind = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var parameters = JsonDocument.Parse(run.Parameters);
        var filter = StarFilter.FromJson(run.DatasetFilter);
        var conditions = filter with { Only = null, Without = null };
        var parts = parameters
            .RootElement.EnumerateObject()
            .Where(p => p.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array))
            .Select(p => (p.Name, Value: p.Name == "features" ? p.Value.ToString().Split('@')[0] : JsonText.Plain(p.Value)))
            .Prepend(("algorithm", run.Algorithm))
            .Prepend(("dataset", dataset));
        if (conditions != StarFilter.All)
            parts = parts.Append(("filter", conditions.ToJson()));
        // Stars that are named one by one are more than an address holds: it names the run that names them.
        if (conditions != filter || withoutKind is not null)
            parts = parts.Append(("of", run.RunId.ToString()));
        if (withoutKind is { } kind)
            parts = parts.Append(("without_kind", kind.ToString(CultureInfo.InvariantCulture)));
        return "start?" + string.Join('&', parts.Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}"));
    }
}
