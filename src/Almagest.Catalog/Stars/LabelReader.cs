using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>Some consecutive labels of a file, column by column.</summary>
public sealed class LabelBatch
{
    public required int Count { get; init; }

    public required string[] SourceId { get; init; }

    /// <summary>1 = unusual, 0 = ordinary, null = not said.</summary>
    public required int?[] Outlier { get; init; }

    public required string?[] Kind { get; init; }

    public required string?[] Cluster { get; init; }

    /// <summary>Whatever else is said of the star; as long as the others where there is such a column and no row was rejected, else
    /// empty.</summary>
    public IReadOnlyList<string?> Remark { get; internal set; } = [];

    /// <summary>Who said so, where there is a column <c>labelled_by</c>; like <see cref="Remark"/>.</summary>
    public IReadOnlyList<string?> LabelledBy { get; internal set; } = [];

    /// <summary>When, as it is written, where there is a column <c>labelled_at</c>; like <see cref="Remark"/>.</summary>
    public IReadOnlyList<string?> LabelledAt { get; internal set; } = [];

    /// <summary>How probably the star is what the list is of, as it is written, where there is such a column; like
    /// <see cref="Remark"/>.</summary>
    public IReadOnlyList<string?> Probability { get; internal set; } = [];

    /// <summary>The physical line of a text file, the row number of a binary one, from 1.</summary>
    public required long[] LineNumber { get; init; }

    public required IReadOnlyList<RejectedRow> Rejected { get; init; }
}

/// <summary>
/// Reads labels of stars from an open table: a column of source ids, and columns of what is known of them. Positions are not needed. The
/// columns are found by name: <c>label_outlier</c>, <c>label_kind</c> and <c>label_cluster</c> as <c>simulate</c> writes them, or common
/// words.
/// </summary>
public sealed class LabelReader
{
    private static readonly (string Field, string[] Names)[] s_words =
    [
        (StarField.LabelOutlier, ["is_anomaly", "anomaly", "is_outlier", "outlier"]),
        (StarField.LabelKind, ["kind", "class", "type"]),
        (StarField.LabelCluster, ["cluster", "cluster_name", "group", "group_name"]),
    ];

    private static readonly string[] s_probabilities =
    [
        "membership_probability",
        "probability",
        "proba",
        "prob",
        "pmemb",
        "p_memb",
        "pmem",
        "p_member",
    ];

    private readonly ICatalogReader _reader;

    /// <param name="reader">stays the caller's to dispose of</param>
    /// <param name="map">columns named by the user, each <c>field=COLUMN</c></param>
    /// <param name="idsAlone">a list of stars: columns of labels are not needed</param>
    /// <exception cref="CatalogFormatException">there is no column of source ids, or none that says anything of them</exception>
    public LabelReader(ICatalogReader reader, IEnumerable<string> map, bool idsAlone = false)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _reader = reader;
        var mapping = ColumnMapping.Automatic(reader.Columns);
        foreach (var (field, names) in s_words)
        {
            if (
                mapping[field] is null
                && names.FirstOrDefault(n => reader.Columns.Any(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase))) is { } name
            )
                mapping = mapping.With($"{field}={name}");
        }
        Mapping = mapping.With(map);
        var columns = string.Join(", ", reader.Columns.Take(60).Select(c => c.Name));
        if (Mapping[StarField.SourceId] is null)
            throw new CatalogFormatException($"No column of source ids was recognised among {columns}. Name the column of source_id.")
            {
                Code = CatalogFormatException.LabelIdsMissing,
            };
        if (!idsAlone && s_words.All(w => Mapping[w.Field] is null))
        {
            throw new CatalogFormatException(
                $"No column of labels was recognised among {columns}. Name a column of label_outlier (0 or 1), label_kind or label_cluster."
            )
            {
                Code = CatalogFormatException.LabelsMissing,
            };
        }
    }

    public ColumnMapping Mapping { get; }

    /// <summary>The column that says how probably a star is a member; null where none is known by its name.</summary>
    public string? ProbabilityColumn =>
        s_probabilities
            .Select(name => _reader.Columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name)
            .FirstOrDefault(name => name is not null);

    /// <exception cref="CatalogFormatException">the file is damaged or cut short</exception>
    public IEnumerable<LabelBatch> ReadBatches(CancellationToken cancellationToken = default)
    {
        long row = 0;
        foreach (var rows in _reader.ReadBatches(cancellationToken: cancellationToken))
        {
            var labels = new StarBatchBuilder(rows, Mapping, new StarReaderOptions(), row).BuildLabels();
            if (labels.Count == rows.Count)
            {
                labels.Remark = Texts(rows, "label_remark", "remark", "remarks");
                labels.LabelledBy = Texts(rows, "labelled_by");
                labels.LabelledAt = Texts(rows, "labelled_at");
                labels.Probability = ProbabilityColumn is { } column ? Texts(rows, column) : [];
            }
            yield return labels;
            row += rows.Count;
        }
    }

    private string?[] Texts(CatalogBatch rows, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            for (var c = 0; c < _reader.Columns.Count; c++)
            {
                if (!_reader.Columns[c].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    continue;
                var vector = rows.Columns[c];
                var texts = new string?[rows.Count];
                for (var i = 0; i < texts.Length; i++)
                {
                    texts[i] =
                        vector.Misfit(i)
                        ?? vector switch
                        {
                            TextVector text => text.Values[i],
                            Int64Vector whole when whole.HasValue[i] => whole
                                .Values[i]
                                .ToString(System.Globalization.CultureInfo.InvariantCulture),
                            DoubleVector real when !double.IsNaN(real.Values[i]) => real.Values[i]
                                .ToString("R", System.Globalization.CultureInfo.InvariantCulture),
                            _ => null,
                        };
                }
                return texts;
            }
        }
        return [];
    }
}
