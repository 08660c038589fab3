using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Almagest.Contract.Serialization;

namespace Almagest.Ledger.Views.Queries;

/// <summary>The JSON of the contract, with rows of views named as the columns of their views are.</summary>
public static class LedgerJson
{
    /// <summary>On one line, as answers of the API are.</summary>
    public static JsonSerializerOptions Options { get; } = ContractJson.Create(modifier: ViewRow.NameProperties);

    /// <summary>The same over several lines, as the command line prints it.</summary>
    public static JsonSerializerOptions Indented { get; } = ContractJson.Create(indented: true, ViewRow.NameProperties);

    /// <summary>Sets what makes the contract, and leaves the rest as it is.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        ContractJson.Configure(options);
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(
            ViewRow.NameProperties
        );
    }
}
