using System.CommandLine;
using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary>
/// The options of the algorithms of one run type, as their parameters say: one option a parameter, shared by the algorithms that have it,
/// and <c>--algorithm</c> where there is a choice. The first algorithm is the default.
/// </summary>
internal sealed class AlgorithmOptions
{
    readonly IReadOnlyList<Algorithm> algorithms;
    readonly Option<string?>? choice;
    readonly List<ParameterOption> options;

    public AlgorithmOptions(IReadOnlyList<Algorithm> algorithms)
    {
        this.algorithms = algorithms;
        if (algorithms.Count > 1)
        {
            choice = Values.Text("--algorithm", "NAME",
                string.Join("; ", algorithms.Select((a, i) => $"{a.Name}{(i == 0 ? " (default)" : "")}: {a.Finds}")));
        }
        options = [.. algorithms.SelectMany(a => a.Parameters, (a, p) => (Algorithm: a, Parameter: p))
            .Where(x => x.Parameter.Kind != ParameterKind.Recipe)
            .GroupBy(x => x.Parameter.Option)
            .Select(g => new ParameterOption(algorithms[0], [.. g]))];
    }

    public void AddTo(Command command)
    {
        if (choice is not null) command.Add(choice);
        foreach (var option in options) command.Add(option.Option);
    }

    /// <summary>The parameters of one run, or of several where an option that takes a list has several values.</summary>
    /// <exception cref="LedgerException">no such algorithm, an option that it does not have, or a value out of range</exception>
    public IReadOnlyList<RunParameters> Read(ParseResult parsed, string? features)
    {
        var algorithm = Chosen(parsed);
        // An option that would be ignored is a misunderstanding.
        if (options.FirstOrDefault(o => o.IsGiven(parsed) && !o.Has(algorithm)) is { } other)
        {
            throw LedgerException.Invalid(other.Option.Name.TrimStart('-'), $"{other.Option.Name} means nothing to {algorithm.Name}",
                algorithms.Count > 1 ? "Leave it out, or choose another --algorithm." : "Leave it out.");
        }
        IEnumerable<JsonObject> all = [features is null ? [] : new JsonObject { ["features"] = features }];
        foreach (var option in options.Where(o => o.IsGiven(parsed)))
        {
            var values = option.Values(parsed);
            all = all.SelectMany(_ => values, (set, value) => With(set, option.NameFor(algorithm), value));
        }
        return [.. all.Select(set => ParameterReader.Read(algorithm, set.ToJsonString()))];
    }

    static JsonObject With(JsonObject set, string name, JsonNode value)
    {
        var more = set.DeepClone().AsObject();
        more[name] = value.DeepClone();
        return more;
    }

    Algorithm Chosen(ParseResult parsed)
    {
        if (choice is null || parsed.GetValue(choice) is not { } name) return algorithms[0];
        return algorithms.FirstOrDefault(a => a.Name == name)
            ?? throw LedgerException.Invalid("algorithm", $"there is no algorithm '{name}' that makes {algorithms[0].RunType} runs",
                $"Choose {string.Join(" or ", algorithms.Select(a => a.Name))}.");
    }
}
