using System.CommandLine;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;

namespace Almagest.Cli.Commands;

/// <summary>The option of a parameter, which several algorithms may have.</summary>
internal sealed class ParameterOption
{
    private readonly IReadOnlyList<(Algorithm Algorithm, Parameter Parameter)> _users;
    private readonly Func<ParseResult, IReadOnlyList<JsonNode>> _values;

    /// <param name="standard">the algorithm that is taken where none is named</param>
    /// <param name="users">the algorithms that have it; the first one's words are taken</param>
    public ParameterOption(Algorithm standard, IReadOnlyList<(Algorithm Algorithm, Parameter Parameter)> users)
    {
        _users = users;
        (Option, _values) = Create(users[0].Parameter, Describe(standard));
    }

    public Option Option { get; }

    /// <summary>Whether runs that differ in it share work, so that it takes several values at once.</summary>
    private bool TakesList => _users.Any(u => u.Algorithm.Shares?.Parameter == u.Parameter.Name);

    public bool Has(Algorithm algorithm) => _users.Any(u => u.Algorithm == algorithm);

    public string NameFor(Algorithm algorithm) => _users.First(u => u.Algorithm == algorithm).Parameter.Name;

    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    /// <summary>The values that are given, of which it needs one.</summary>
    public IReadOnlyList<JsonNode> Values(ParseResult parsed) => _values(parsed);

    private (Option, Func<ParseResult, IReadOnlyList<JsonNode>>) Create(Parameter parameter, string description)
    {
        var name = $"--{parameter.Option}";
        string[] aliases = parameter.OptionAlias is { } alias ? [$"--{alias}"] : [];
        switch (parameter.Kind)
        {
            case ParameterKind.Real:
                var real = Shell.OptionFactory.Real(name, parameter.ValueName, description, aliases);
                return (real, parsed => [JsonValue.Create(parsed.GetValue(real)!.Value)]);
            case ParameterKind.Whole when TakesList:
                var list = Shell.OptionFactory.WholeList(name, $"{parameter.ValueName}[,{parameter.ValueName}…]", description, aliases);
                return (list, parsed => [.. parsed.GetValue(list)!.Select(n => (JsonNode)n)]);
            case ParameterKind.Whole:
                // The range is the algorithm's to check.
                var whole = parameter.IsLong
                    ? Shell.OptionFactory.Whole(name, parameter.ValueName, description, long.MinValue, long.MaxValue, aliases)
                    : Shell.OptionFactory.Whole(name, parameter.ValueName, description, int.MinValue, int.MaxValue, aliases);
                return (whole, parsed => [JsonValue.Create(parsed.GetValue(whole)!.Value)]);
            case ParameterKind.Flag:
                var flag = Shell.OptionFactory.Flag(name, description, aliases);
                return (flag, parsed => [JsonValue.Create(parsed.GetValue(flag))]);
            default:
                var text = Shell.OptionFactory.Text(name, parameter.ValueName, description, aliases);
                return (text, parsed => [JsonValue.Create(parsed.GetValue(text)!)]);
        }
    }

    private string Describe(Algorithm standard)
    {
        var (first, parameter) = _users[0];
        var words = (first == standard ? "" : $"{first.Name}: ") + parameter.Help;
        if (parameter.Kind != ParameterKind.Choice && parameter.Range is { } range)
            words += $", {range}";
        if (parameter.Kind != ParameterKind.Flag)
            words += $" (default {Default(parameter)}{string.Concat(Others())})";
        foreach (var shared in _users.Select(u => u.Algorithm.Shares).OfType<SharedWork>().Where(s => s.Parameter == parameter.Name))
            words += $"; a list makes one run each, all from one {shared.Name} where --{shared.FixedBy.Replace('_', '-')} is given";
        return parameter.Advice is { } advice ? $"{words}. {advice.TrimEnd('.')}" : words;
    }

    private IEnumerable<string> Others() =>
        _users
            .Skip(1)
            .Where(u => Default(u.Parameter) != Default(_users[0].Parameter))
            .Select(u => $"; {u.Algorithm.Name}: {Default(u.Parameter)}");

    private static string Default(Parameter parameter) => parameter.Default?.ToString() ?? parameter.WhenNull?.Replace('_', '-') ?? "none";
}
