using System.Text.Json;

namespace Almagest.Contract.Serialization;

/// <summary>How properties are called in JSON. Apart from <see cref="ContractJson"/>, whose options take a while to make.</summary>
internal static class ContractNames
{
    public static JsonNamingPolicy Policy => JsonNamingPolicy.SnakeCaseLower;
}
