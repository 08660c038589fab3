using System.CommandLine;
using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary>
/// The options of the algorithms of one run type, as their parameters say: one option a parameter, shared by the algorithms that have it,
/// and <c>--algorithm</c> where there is a choice. Where none is named, it is the first that has the options given.
/// </summary>
internal sealed class AlgorithmOptions
{
    private readonly IReadOnlyList<Algorithm> _algorithms;
    private readonly Option<string?>? _choice;
    private readonly List<ParameterOption> _options;

    public AlgorithmOptions(IReadOnlyList<Algorithm> algorithms)
    {
        _algorithms = algorithms;
        if (algorithms.Count > 1)
        {
            _choice = OptionFactory.Text(
                "--algorithm",
                "NAME",
                string.Join("; ", algorithms.Select((a, i) => $"{a.Name}{(i == 0 ? " (default)" : "")}: {a.Finds}"))
            );
        }
        _options =
        [
            .. algorithms
                .SelectMany(a => a.Parameters, (a, p) => (Algorithm: a, Parameter: p))
                .Where(x => x.Parameter.Kind != ParameterKind.Recipe)
                .GroupBy(x => x.Parameter.Option)
                .Select(g => new ParameterOption(algorithms[0], [.. g])),
        ];
    }

    public void AddTo(Command command)
    {
        if (_choice is not null)
            command.Add(_choice);
        foreach (var option in _options)
            command.Add(option.Option);
    }

    /// <summary>The parameters of one run, or of several where an option that takes a list has several values.</summary>
    /// <exception cref="LedgerException">no such algorithm, an option that it does not have, or a value out of range</exception>
    public IReadOnlyList<RunParameters> Read(ParseResult parsed, string? features)
    {
        var algorithm = Chosen(parsed);
        // An option that would be ignored is a misunderstanding.
        if (_options.FirstOrDefault(o => o.IsGiven(parsed) && !o.Has(algorithm)) is { } other)
        {
            throw LedgerException.Invalid(
                other.Option.Name.TrimStart('-'),
                $"{other.Option.Name} means nothing to {algorithm.Name}",
                _algorithms.Count > 1 ? "Leave it out, or choose another --algorithm." : "Leave it out."
            );
        }
        IEnumerable<JsonObject> all = [features is null ? [] : new JsonObject { ["features"] = features }];
        foreach (var option in _options.Where(o => o.IsGiven(parsed)))
        {
            var values = option.Values(parsed);
            all = all.SelectMany(_ => values, (set, value) => With(set, option.NameFor(algorithm), value));
        }
        return [.. all.Select(set => ParameterReader.Read(algorithm, set.ToJsonString()))];
    }

    private static JsonObject With(JsonObject set, string name, JsonNode value)
    {
        var more = set.DeepClone().AsObject();
        more[name] = value.DeepClone();
        return more;
    }

    private Algorithm Chosen(ParseResult parsed)
    {
        // An option says which algorithm is meant where none is named: --eps is DBSCAN's.
        if (_choice is null || parsed.GetValue(_choice) is not { } name)
            return _algorithms.FirstOrDefault(a => _options.TrueForAll(o => o.Has(a) || !o.IsGiven(parsed))) ?? _algorithms[0];
        return _algorithms.FirstOrDefault(a => a.Name == name)
            ?? throw LedgerException.Invalid(
                "algorithm",
                $"there is no algorithm '{name}' that makes {_algorithms[0].RunType} runs",
                $"Choose {string.Join(" or ", _algorithms.Select(a => a.Name))}."
            );
    }
}
