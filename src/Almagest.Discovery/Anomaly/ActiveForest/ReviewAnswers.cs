using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>What somebody said of stars, by the ids of the catalogue: so they can be taken to another table of the same stars.</summary>
public sealed class ReviewAnswers
{
    /// <summary>Interesting: more like it are wanted.</summary>
    public const char Yes = 'y';

    /// <summary>Ordinary, or of no interest.</summary>
    public const char No = 'n';

    /// <summary>Looked at and left open; teaches nothing, and the star is not shown again.</summary>
    public const char Skip = 's';

    /// <summary>How answers are written, for whoever wrote them otherwise.</summary>
    public const string Form = "Write one answer a line: y, n or s, a blank, the star's source_id, and nothing else.";

    /// <summary>More would be a table of labels and not a review.</summary>
    public const int Most = 10_000;

    private readonly SortedDictionary<string, char> _answers;
    private readonly IReadOnlyDictionary<string, int>? _lines;

    private ReviewAnswers(SortedDictionary<string, char> answers, IReadOnlyDictionary<string, int>? lines) =>
        (_answers, _lines) = (answers, lines);

    /// <summary>By source id, in the order of their characters; one answer a star.</summary>
    public IReadOnlyDictionary<string, char> BySource => _answers;

    public int Interesting => _answers.Values.Count(a => a == Yes);

    public int Ordinary => _answers.Values.Count(a => a == No);

    public int Skipped => _answers.Values.Count(a => a == Skip);

    /// <summary>The same answers always have the same text, in whatever order they were given; null = none.</summary>
    public string? Text => _answers.Count == 0 ? null : string.Join('\n', _answers.Select(a => $"{a.Value} {a.Key}"));

    /// <summary>SHA-256 of <see cref="Text"/>, in hexadecimal digits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text ?? "")));

    /// <summary>In which line of the text that was read the answer on a star stands; null where none was read.</summary>
    public int? LineOf(string sourceId) => _lines is not null && _lines.TryGetValue(sourceId, out var line) ? line : null;

    /// <param name="answers">a later answer on a star replaces an earlier one</param>
    /// <exception cref="ParameterException">one is none of the three, an id is empty, or there are too many</exception>
    public static ReviewAnswers Of(IEnumerable<(string SourceId, char Answer)> answers) => Of(answers, null);

    private static ReviewAnswers Of(IEnumerable<(string SourceId, char Answer)> answers, IReadOnlyDictionary<string, int>? lines)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var all = new SortedDictionary<string, char>(StringComparer.Ordinal);
        foreach (var (source, answer) in answers)
        {
            if (answer is not (Yes or No or Skip))
                throw Wrong($"the answer '{answer}' on star {source} is none of y, n and s");
            if (source.Length == 0 || source.Trim() != source || source.Contains('\n', StringComparison.Ordinal))
                throw Wrong($"an answer is on '{source}', which is not a source_id");
            all[source] = answer;
        }
        if (all.Count > Most)
            throw Wrong(
                string.Create(CultureInfo.InvariantCulture, $"there are {all.Count:N0} answers, and at most {Most:N0} can be taken")
            );
        return new ReviewAnswers(all, lines);
    }

    /// <summary>Reads <see cref="Text"/>, or the same with empty lines, comments (#) and blanks at the ends of lines.</summary>
    /// <remarks>Nothing says which of two lines on one star is meant, so that they have to agree. An id may have blanks in it: whether a
    /// line says more than an id only those can tell who know the stars.</remarks>
    /// <exception cref="ParameterException">a line is not an answer, or contradicts another one</exception>
    public static ReviewAnswers Parse(string? text)
    {
        var answers = new Dictionary<string, char>();
        var lines = new Dictionary<string, int>();
        var number = 0;
        foreach (var raw in (text ?? "").Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.Length < 3 || !char.IsWhiteSpace(line[1]))
                throw Wrong($"line {number} of the answers is '{line}'");
            var (source, answer) = (line[2..].Trim(), char.ToLowerInvariant(line[0]));
            if (answer is not (Yes or No or Skip))
                throw Wrong($"line {number} of the answers is '{line}': '{line[0]}' is none of y, n and s");
            if (!answers.TryAdd(source, answer) && answers[source] != answer)
                throw new ParameterException(
                    "answers",
                    $"line {lines[source]} of the answers says {answers[source]} of star {source}, and line {number} says {answer}",
                    "Leave in the one that is meant."
                );
            lines.TryAdd(source, number);
        }
        return Of(answers.Select(a => (a.Key, a.Value)), lines);
    }

    public override string ToString() =>
        _answers.Count == 0
            ? "no answers"
            : string.Create(CultureInfo.InvariantCulture, $"{Interesting} interesting, {Ordinary} ordinary, {Skipped} skipped");

    private static ParameterException Wrong(string message) => new("answers", message, Form);
}
