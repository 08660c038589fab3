using Almagest.Architecture.Tests.Sources;
using Xunit;

namespace Almagest.Architecture.Tests;

public sealed class VisibilityTests
{
    private const string Algorithm = "what an algorithm is written with, in this repository or elsewhere";
    private const string Body = "read or written by the API, whose description takes its words from the comments of public types";

    /// <summary>Types that are public although no other project uses them, and why.</summary>
    private static readonly Dictionary<string, string> s_exceptions = new()
    {
        ["Almagest.Discovery.Abstractions.ParameterAttribute"] = Algorithm,
        ["Almagest.Discovery.Anomaly.AnomalyAlgorithm<TParameters>"] = Algorithm,
        ["Almagest.Discovery.Clustering.Hdbscan.HdbscanParameters"] = "as those of the other algorithms",
        ["Almagest.Server.Annotations.NoteRequestBody"] = Body,
        ["Almagest.Server.Annotations.StarLabelRequestBody"] = Body,
        ["Almagest.Server.Annotations.TagsRequestBody"] = Body,
        ["Almagest.Server.Comparing.ClusterIdentityRequestBody"] = Body,
        ["Almagest.Server.Comparing.ComparisonRequestBody"] = Body,
        ["Almagest.Server.Datasets.DatasetCorrectionBody"] = Body,
        ["Almagest.Server.Datasets.StarDetail"] = Body,
        ["Almagest.Server.Http.Problem"] = Body,
        ["Almagest.Server.Matching.CrossMatchRequestBody"] = Body,
        ["Almagest.Server.Matching.LinkedLabelRequestBody"] = Body,
        ["Almagest.Server.Operations.HealthBody"] = Body,
        ["Almagest.Server.Operations.WatchRequestBody"] = Body,
        ["Almagest.Server.Runs.IdentificationRequestBody"] = Body,
        ["Almagest.Server.Runs.KDistanceRequestBody"] = Body,
        ["Almagest.Server.Runs.KindLabelRequestBody"] = Body,
        ["Almagest.Server.Runs.RethresholdRequestBody"] = Body,
        ["Almagest.Server.Runs.ReviewAnswerBody"] = Body,
        ["Almagest.Server.Runs.ReviewCheckpointBody"] = Body,
        ["Almagest.Server.Runs.RunNameBody"] = Body,
        ["Almagest.Server.Runs.RunRequestBody"] = Body,
        ["Almagest.Server.Runs.SweepRequestBody"] = Body,
    };

    [Fact]
    public void What_is_public_is_used_by_another_project()
    {
        var unneeded = PublicTypes
            .Unneeded(Repository.Source)
            .Select(t => t.Type.ToDisplayString())
            // The tool of EF Core writes the compiled model, and makes all of it public.
            .Where(t => !t.StartsWith("Almagest.Ledger.Model.Compiled.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Assert.Equal(s_exceptions.Keys.Order(StringComparer.Ordinal), unneeded);
    }
}
