using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>The first rows of a text as one delimiter would split them, to judge whether it is the right one.</summary>
internal sealed class Probe
{
    private const int MaxRows = 200;

    private Probe(byte delimiter) => Delimiter = delimiter;

    public byte Delimiter { get; }

    public List<ProbedRow> Rows { get; } = [];

    /// <summary>The comment lines above the last row, without their line ends.</summary>
    public List<ProbedComment> Comments { get; } = [];

    /// <summary>The most frequent number of fields.</summary>
    public int Fields { get; private set; }

    /// <summary>Bars stand before the first and behind the last field of each row; they are out of the fields here.</summary>
    public bool OuterBars { get; private set; }

    /// <summary>A field is written as a formula, <c>="…"</c>; it is its text here.</summary>
    public bool Formulas { get; private set; }

    /// <summary>The share of rows that have that number.</summary>
    public double Agreement { get; private set; }

    public static Probe Run(ReadOnlyMemory<byte> sample, bool sampleIsAll, byte delimiter, int maxRowBytes)
    {
        var probe = new Probe(delimiter);
        var tokens = new RecordTokenizer(new MemoryStream(sample.ToArray(), writable: false), delimiter, maxRecordBytes: maxRowBytes);
        while (probe.Rows.Count < MaxRows)
        {
            var start = (int)tokens.Consumed;
            var kind = tokens.Read();
            // The sample may end amid a record; its shape says nothing then.
            if (kind == RecordKind.End || (!sampleIsAll && tokens.Consumed == sample.Length))
                break;
            if (kind == RecordKind.Blank)
                continue;
            if (kind == RecordKind.Comment)
            {
                probe.Comments.Add(new ProbedComment(Cell.Text(tokens.Field(0)), probe.Rows.Count));
                continue;
            }
            var fields = new string[tokens.FieldCount];
            for (var i = 0; i < fields.Length; i++)
                fields[i] = probe.Text(tokens.Field(i));
            probe.Rows.Add(new ProbedRow(fields, tokens.RecordLine, start, (int)tokens.Consumed, tokens.NextLine));
        }
        if (delimiter == '|')
            probe.TakeBars();
        if (probe.Rows.Count > 0)
        {
            var mode = probe.Rows.CountBy(r => r.Fields.Length).OrderByDescending(g => g.Value).ThenByDescending(g => g.Key).First();
            probe.Fields = mode.Key;
            probe.Agreement = (double)mode.Value / probe.Rows.Count;
        }
        return probe;
    }

    private string Text(ReadOnlySpan<byte> field)
    {
        if (field.Length < 3 || field[^1] != '"' || !field.StartsWith("=\""u8))
            return Cell.Text(field);
        Formulas = true;
        return Cell.Text(field[2..^1]);
    }

    private void TakeBars()
    {
        var rows = Rows.Where(r => !r.IsBorder).ToList();
        // TOPCAT writes the table's name above it.
        var titles = rows.TakeWhile(r => r.Fields.Length == 1).Count();
        if (rows.Count == titles || !rows.Skip(titles).All(r => r.Fields is ["", _, .., ""]))
            return;
        OuterBars = true;
        Rows.Clear();
        Rows.AddRange(rows.Select((r, i) => i < titles ? r : r with { Fields = r.Fields[1..^1] }));
    }
}

/// <param name="Start">offset of the record in the sample</param>
/// <param name="End">offset behind it</param>
/// <param name="NextLine">the physical line behind it</param>
internal sealed record ProbedRow(string[] Fields, long Line, int Start, int End, long NextLine)
{
    /// <summary>Names rather than values: no number among the fields, and not empty throughout.</summary>
    public bool LooksLikeHeader => Fields.Any(f => f.Length > 0) && !Fields.Any(IsValue);

    /// <summary>The dashes under the names in tables by VizieR and Starlink.</summary>
    public bool IsRuler => Fields.Length > 1 && Fields.All(f => f.Length > 0 && f.All(c => c == '-'));

    /// <summary>Nothing but dashes and bars, as above, below or between the rows of a drawn table.</summary>
    public bool IsBorder =>
        Fields.Length == 1
            ? Fields[0].Length > 0 && Fields[0].All(c => c is '+' or '-' or '=' or '|' or ':')
            : Fields.Length > 2
                && Fields[1].Length >= 2
                && Fields.Skip(1).SkipLast(1).All(f => f.Length > 0 && f.All(c => c is '-' or ':' or '=' or '+'))
                && Fields[0].Length == 0;

    public static bool IsValue(string field)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(field);
        return Cell.TryDouble(text, out _) || Cell.TryInt64(text, out _);
    }
}

/// <param name="BeforeRow">number of rows above it</param>
internal sealed record ProbedComment(string Text, int BeforeRow);
