using Almagest.Contract.Runs;
using Almagest.Runs.Explanation;

namespace Almagest.Runs.Review;

/// <summary>A review as it stands.</summary>
/// <param name="Why">of the next star; null where all stars are answered</param>
public sealed record ReviewState(ReviewResource Resource, RunExplanation? Why);
