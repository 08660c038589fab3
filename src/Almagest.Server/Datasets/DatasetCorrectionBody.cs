using Almagest.Catalog;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;

namespace Almagest.Server.Datasets;

/// <summary>What is to be set right in a dataset.</summary>
public sealed record DatasetCorrectionBody
{
    /// <summary>Columns of the file, or star fields, and the unit in which each is: {"RA": "hours"}.</summary>
    public IReadOnlyDictionary<string, string?>? Units { get; init; }

    /// <summary>Values, as the file has them, that mean that there is none: "-999" in every column, "parallax=-999" in one.</summary>
    public IReadOnlyList<string?>? Missing { get; init; }

    internal DatasetCorrection ToCorrection() =>
        Units?.Values.Contains(null) == true || Missing?.Contains(null) == true
            ? throw LedgerException.Invalid("units", "units or missing holds null", "Give texts.")
            : new DatasetCorrection
            {
                Units = (Units ?? new Dictionary<string, string?>()).ToDictionary(u => u.Key, u => u.Value!),
                Missing = [.. (Missing ?? []).Select(m => MissingValue.Parse(m!))],
            };
}
