using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Execution;

namespace Almagest.Runs.Review;

/// <summary>Refuses answers that are on no star, each for its own reason.</summary>
internal static class AnswerChecks
{
    /// <summary>A run that learned nothing is the plain forest, and no review that goes on.</summary>
    public static async Task RequireCarriedAsync(
        LedgerDatabase ledger,
        ReviewAnswers answers,
        string dataset,
        CancellationToken cancellationToken
    )
    {
        var target = await new DatasetRepository(ledger).FindAsync(dataset, cancellationToken);
        var there = await AnsweredStars.FindAsync(ledger, [target.DatasetId], answers, cancellationToken);
        if (there.Values.All(a => a == ReviewAnswers.Skip))
            throw LedgerException.Invalid(
                "dataset",
                $"no star of the dataset '{target.Name}' has the source_id of one that was called interesting or ordinary, so that no "
                    + "answer can be carried there",
                "Answers go on with stars of the same source_id: take a table by the same ids, such as another one from the same release."
            );
    }

    /// <param name="unknown">ids that no star of the run's datasets has</param>
    public static void RequireKnown(Guid runId, ReviewAnswers answers, List<string> unknown)
    {
        // Ids of some catalogues have blanks in them; of others, what follows a blank was a remark.
        if (unknown.FirstOrDefault(s => s.Any(char.IsWhiteSpace)) is { } remarked)
            throw LedgerException.Invalid(
                "answers",
                $"{Line(answers, remarked, "an answer")} is on '{remarked}', which is not the source_id of a star of the dataset",
                $"Nothing was stored. {ReviewAnswers.Form}"
            );
        if (unknown.Count > 0)
            throw LedgerException.Invalid(
                "answers",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the dataset of run {runId} does not have {unknown.Count:N0} of the stars that are answered, such as "
                ) + Example(answers, unknown),
                "Nothing was stored. An answer names its star as the catalogue does, by its source_id."
            );
    }

    /// <param name="left">ids of stars of its datasets that the run did not analyse</param>
    public static void RequireAnalysed(Guid runId, ReviewAnswers answers, List<string> left)
    {
        if (left.Count > 0)
            throw LedgerException.Invalid(
                "answers",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"run {runId} did not analyse {left.Count:N0} of the stars that are answered, such as "
                ) + Example(answers, left),
                "Nothing was stored. The dataset has them, but the run's filter leaves them out, or they lack a feature. Leave them out."
            );
    }

    /// <summary>The first in the order in which they were written.</summary>
    private static string Example(ReviewAnswers answers, List<string> sources)
    {
        var first = sources.MinBy(s => answers.LineOf(s) ?? 0)!;
        return answers.LineOf(first) is { } line ? $"{first} (line {line})" : first;
    }

    private static string Line(ReviewAnswers answers, string source, string otherwise) =>
        answers.LineOf(source) is { } line ? $"line {line} of the answers" : otherwise;
}
