using Almagest.Discovery.Registry;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;

namespace Almagest.Runs.Listing;

internal enum RunFieldKind
{
    Number,
    Text,
    Time,
    Truth,

    /// <summary>A parameter of the run: a number, a text or a truth, whichever it is.</summary>
    Parameter,

    /// <summary>Several words a run: its tags, datasets, notes.</summary>
    Words,
}

/// <summary>What a condition or an order may name of a run.</summary>
/// <param name="Name">as it is written</param>
/// <param name="Sql">its value over the table <c>@</c>; of <see cref="RunFieldKind.Words"/> a query with one column, of a parameter its
/// name</param>
internal sealed record RunField(string Name, RunFieldKind Kind, string Sql)
{
    /// <summary>Fewer labelled stars than this make no figure: one or two of them decide it.</summary>
    public const int LeastLabels = 20;

    private const string Prefix = "parameters.";

    private static readonly RunField[] s_fields =
    [
        new("run_id", RunFieldKind.Text, "@.run_id::text"),
        new("name", RunFieldKind.Text, "@.name"),
        new("run_type", RunFieldKind.Text, "@.run_type"),
        new("algorithm", RunFieldKind.Text, "@.algorithm"),
        new("status", RunFieldKind.Text, "@.status"),
        new("error", RunFieldKind.Text, "@.error"),
        new("program_version", RunFieldKind.Text, "@.program_version"),
        new("started_by", RunFieldKind.Text, "@.started_by"),
        new("group_id", RunFieldKind.Text, "@.group_id::text"),
        new("is_complete", RunFieldKind.Truth, "@.is_complete"),
        new("results_in_files", RunFieldKind.Truth, "(@.star_set_id is not null)"),
        new("dataset_id", RunFieldKind.Number, "@.dataset_id"),
        new("total_stars", RunFieldKind.Number, "@.total_stars"),
        new("anomaly_count", RunFieldKind.Number, Outcome("anomaly_count")),
        new("cluster_count", RunFieldKind.Number, Outcome("cluster_count")),
        new("noise_count", RunFieldKind.Number, Outcome("noise_count")),
        new("excluded_count", RunFieldKind.Number, RunOutcomes.Excluded("@")),
        new("random_seed", RunFieldKind.Number, "@.random_seed"),
        new("lowest_score", RunFieldKind.Number, Stat("min_anomaly_score")),
        new("mean_score", RunFieldKind.Number, Stat("avg_anomaly_score")),
        new("largest_cluster", RunFieldKind.Number, Stat("max_cluster_size")),
        new("significance", RunFieldKind.Number, "(select max(c.significance) from public.discovery_clusters c where c.run_id = @.run_id)"),
        new("precision", RunFieldKind.Number, Quality("precision")),
        new("recall", RunFieldKind.Number, Quality("recall")),
        new("f1", RunFieldKind.Number, Quality("f1")),
        new("adjusted_rand_index", RunFieldKind.Number, Quality("adjusted_rand_index")),
        new("duration_s", RunFieldKind.Number, RunOutcomes.Seconds("@")),
        new("created", RunFieldKind.Time, "@.created_at"),
        new("started", RunFieldKind.Time, "@.started_at"),
        new("completed", RunFieldKind.Time, "@.completed_at"),
        new("tag", RunFieldKind.Words, "select t.tag as word from public.run_tags t where t.run_id = @.run_id"),
        new("note", RunFieldKind.Words, "select n.text as word from public.run_notes n where n.run_id = @.run_id"),
        new(
            "dataset",
            RunFieldKind.Words,
            "select d.name as word from public.datasets d where d.dataset_id = @.dataset_id "
                + "or @.dataset_filter -> 'also_datasets' @> to_jsonb(d.dataset_id)"
        ),
    ];

    private static readonly HashSet<string> s_parameters = [.. Algorithms.All.SelectMany(a => a.Parameters).Select(p => p.Name)];

    /// <summary>The fields that every run has, and the parameters of the algorithms.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_fields.Select(f => f.Name), .. s_parameters.Order(StringComparer.Ordinal)];

    /// <summary>Null where there is none of that name. <c>parameters.NAME</c> is any parameter, also one of an older program.</summary>
    public static RunField? Find(string name)
    {
        name = name.ToLowerInvariant();
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length)
            return new RunField(name, RunFieldKind.Parameter, name[Prefix.Length..]);
        var plain = name is "created_at" or "started_at" or "completed_at" ? name[..^3] : name;
        return s_fields.FirstOrDefault(f => f.Name == plain)
            ?? (s_parameters.Contains(plain) ? new RunField(plain, RunFieldKind.Parameter, plain) : null);
    }

    /// <summary>Refuses a text that no run can have in a field of few words: to find nothing would be to say that there is no such
    /// run.</summary>
    public void RequireWord(WhereToken literal)
    {
        var words = Name switch
        {
            "status" => RunStatus.All,
            "run_type" => RunTypes.All,
            "algorithm" => [.. Algorithms.All.Select(a => a.Name)],
            _ => null,
        };
        if (words is not null && !words.Contains(literal.Text, StringComparer.Ordinal))
            throw WhereToken.Wrong(literal.At, $"{Name} is one of {string.Join(", ", words)}, found '{literal.Text}'");
        if (Name is "run_id" or "group_id" && (literal.Text.Length < 6 || !literal.Text.All(c => char.IsAsciiHexDigit(c) || c == '-')))
            throw WhereToken.Wrong(literal.At, $"{Name} is an id, or at least six characters of its start or end, found '{literal.Text}'");
    }

    /// <summary>Patterns of LIKE, one of which a value that is meant by this text has; null where the text is the value itself.</summary>
    public IReadOnlyList<string>? PatternOf(string text) =>
        Name switch
        {
            "features" when !text.Contains('@', StringComparison.Ordinal) => [Escaped(text), $"{Escaped(text)}@%"],
            "run_id" or "group_id" => [$"{text.ToLowerInvariant()}%", $"%{text.ToLowerInvariant()}"],
            _ => null,
        };

    /// <summary>A text as a pattern of LIKE that it alone matches.</summary>
    public static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>What to say of a name that is none.</summary>
    public static string Unknown(string name)
    {
        var near = Names
            .OrderByDescending(n => Enumerable.Range(0, Math.Min(n.Length, name.Length)).TakeWhile(i => n[i] == name[i]).Count())
            .Take(8);
        return $"a run has no '{name}'; there are {string.Join(", ", near)} and others, and parameters.NAME";
    }

    /// <summary>Its SQL over a table of that alias.</summary>
    public string Of(string alias) => Sql.Replace("@.", $"{alias}.", StringComparison.Ordinal);

    private static string Outcome(string name) => RunOutcomes.Count("@", name);

    // Of a run that is complete; its view may follow a moment later.
    private static string Stat(string column) => $"(select v.{column} from public.mv_discovery_run_stats v where v.run_id = @.run_id)";

    // The best of its label sets that have enough labels for a figure. By the set that it learned from, a checkpoint of a review is too
    // good.
    private static string Quality(string column) =>
        $"(select max(v.{column}) from public.mv_discovery_quality v where v.run_id = @.run_id and v.labelled_stars >= {LeastLabels} "
        + "and v.label_set is distinct from @.parameters ->> 'label_set')";
}
