using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Almagest.Cli.Shell;

/// <summary>
/// Options whose values are numbers, read strictly: the parser's own conversion takes <c>0,5</c> for 5, and names .NET types when
/// it does not understand.
/// </summary>
internal static class OptionFactory
{
    public static Option<double?> Real(string name, string help, string description, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = help,
            CustomParser = result =>
                double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value)
                    ? value
                    : Bad<double?>(result, name, "a number such as 0.5"),
        };

    public static Option<long?> Whole(string name, string help, string description, long min, long max, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = help,
            CustomParser = result =>
                long.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= min
                && value <= max
                    ? value
                    : Bad<long?>(result, name, max == long.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}"),
        };

    /// <summary>Whole numbers joined by commas, none of them twice.</summary>
    public static Option<int[]?> WholeList(string name, string help, string description, params string[] aliases) =>
        new(name, aliases)
        {
            Arity = ArgumentArity.ExactlyOne,
            Description = description,
            HelpName = help,
            CustomParser = result =>
            {
                var parts = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
                var values = new int[parts.Length];
                for (var i = 0; i < parts.Length; i++)
                    if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i]))
                        return Bad<int[]>(result, name, "a whole number, or several joined by commas");
                return values.Distinct().Count() == values.Length ? values : Bad<int[]>(result, name, "numbers that differ");
            },
        };

    /// <summary>Numbers joined by commas, none of them twice.</summary>
    public static Option<double[]?> RealList(string name, string help, string description) =>
        new(name)
        {
            Arity = ArgumentArity.ExactlyOne,
            Description = description,
            HelpName = help,
            CustomParser = result =>
            {
                var parts = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
                var values = new double[parts.Length];
                for (var i = 0; i < parts.Length; i++)
                {
                    if (
                        !double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                        || !double.IsFinite(values[i])
                    )
                        return Bad<double[]>(result, name, "a number such as 0.5, or several joined by commas");
                }
                return values.Distinct().Count() == values.Length ? values : Bad<double[]>(result, name, "numbers that differ");
            },
        };

    public static Option<string?> Text(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help };

    public static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    public static Option<string?> Choice(string name, string description, params string[] choices) =>
        new(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            CustomParser = result =>
                choices.Contains(result.Tokens[0].Value)
                    ? result.Tokens[0].Value
                    : Bad<string?>(result, name, $"one of {string.Join(", ", choices)}"),
        };

    private static T? Bad<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name} is '{result.Tokens[0].Value}', expected {expected}");
        return default;
    }
}
