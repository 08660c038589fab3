using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Requests;

/// <summary>What the user asks for: which stars, which algorithm, which parameters.</summary>
/// <param name="Dataset">name or id</param>
public sealed record RunRequest(string Dataset, StarFilter Filter, RunParameters Parameters);
