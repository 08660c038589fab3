using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Discovery;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Almagest.Cli.Configuration;

/// <summary>A file of settings in TOML. What it holds and is not a setting, is an error: a mistyped key would do nothing, in
/// silence.</summary>
internal static class ConfigurationFile
{
    /// <param name="mistakes">takes what is wrong; each names its line</param>
    /// <returns>by key what is right; empty where there is no such file</returns>
    public static IReadOnlyDictionary<string, SettingValue> Read(
        string path,
        IReadOnlyList<Setting> settings,
        List<UsageException> mistakes
    )
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Dictionary<string, SettingValue>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(
                new UsageException($"{path} cannot be read: {e.Message.TrimEnd('.')}", "Make it readable, or move it away.", path)
            );
            return new Dictionary<string, SettingValue>();
        }
        var document = SyntaxParser.Parse(text, path, validate: true);
        if (document.Diagnostics.FirstOrDefault(d => d.Kind == DiagnosticMessageKind.Error) is { } wrong)
        {
            // What stands behind it may be misread for it.
            mistakes.Add(
                new UsageException(
                    $"{path}, line {wrong.Span.Start.Line + 1} cannot be read: {wrong.Message.TrimEnd('.').ReplaceLineEndings(" ")}",
                    """Write lines like: database = "postgresql://me@server/almagest", and port = 8000 below [serve].""",
                    path
                )
            );
            return new Dictionary<string, SettingValue>();
        }
        var found = new Dictionary<string, SettingValue>();
        foreach (var pair in document.KeyValues)
            Take("", pair);
        foreach (var table in document.Tables)
        {
            var name = NameOf(table.Name);
            // An empty table has no key that would be looked up.
            if (!settings.Any(s => s.Key.StartsWith($"{name}.", StringComparison.Ordinal)))
            {
                mistakes.Add(Unknown(name, table, isTable: true));
                continue;
            }
            foreach (var pair in table.Items)
                Take($"{name}.", pair);
        }
        return found;

        void Take(string table, KeyValueSyntax pair)
        {
            var key = table + NameOf(pair.Key);
            var where = $"{path}, line {LineOf(pair)}";
            if (settings.FirstOrDefault(s => s.Key == key) is not { } setting)
                mistakes.Add(Unknown(key, pair, isTable: false));
            else if (ValueOf(setting, pair.Value, where) is not { } value)
                mistakes.Add(Unfit(setting, pair.Value, where));
            else if (!found.TryAdd(key, value))
                mistakes.Add(new UsageException($"{where}: {key} is set a second time ({found[key].Where})", "Keep one of them.", key));
        }

        UsageException Unknown(string key, SyntaxNode node, bool isTable)
        {
            var names = isTable
                ? settings.Where(s => s.Key.Contains('.')).Select(s => s.Key.Split('.')[0]).Distinct().ToList()
                : settings.Select(s => s.Key).ToList();
            // The right name in the wrong table: port above [serve].
            var elsewhere = names.Where(n => n.Split('.')[^1] == key.Split('.')[^1]).ToList();
            var near = NearestName.Of(key, names) ?? (elsewhere.Count == 1 ? elsewhere[0] : null);
            return new UsageException(
                $"{path}, line {LineOf(node)}: there is no {(isTable ? $"table [{key}]" : $"setting {key}")}",
                near is null ? "'almagest config show' lists them, once this one is gone."
                    : isTable ? $"Did you mean [{near}]?"
                    : $"Did you mean {near}?"
                        + (near.Contains('.') && !key.Contains('.') ? $" It stands below the line [{near.Split('.')[0]}]." : ""),
                key
            );
        }
    }

    private static int LineOf(SyntaxNode node) => node.Span.Start.Line + 1;

    private static string NameOf(SyntaxNode? key) =>
        string.Join('.', (key?.ToString() ?? "").Trim().Split('.').Select(part => part.Trim().Trim('"', '\'')));

    private static SettingValue? ValueOf(Setting setting, ValueSyntax? value, string where)
    {
        var texts = (setting.Kind, value) switch
        {
            (SettingKind.Text or SettingKind.TextOrOff, StringValueSyntax text) => [text.Value ?? ""],
            (SettingKind.TextOrOff, BooleanValueSyntax { Value: false }) => [],
            (SettingKind.Whole, IntegerValueSyntax number) when number.Value >= setting.Range.Least && number.Value <= setting.Range.Most =>
                [number.Value.ToString(CultureInfo.InvariantCulture)],
            (SettingKind.List, StringValueSyntax text) => [text.Value ?? ""],
            (SettingKind.List, ArraySyntax array) when Strings(array) is { } all => all,
            _ => (string[]?)null,
        };
        return texts is null ? null : new SettingValue(setting, texts, SettingValue.File, where) { IsOff = value is BooleanValueSyntax };
    }

    private static UsageException Unfit(Setting setting, ValueSyntax? value, string where) =>
        new(
            $"{where}: {setting.Key} is {value?.ToString()?.Trim()}, expected {Expected(setting)}",
            $"Write it like: {setting.Key.Split('.')[^1]} = {Example(setting)}",
            setting.Key
        );

    private static string[]? Strings(ArraySyntax array)
    {
        var texts = new List<string>();
        foreach (var item in array.Items)
        {
            if (item.Value is not StringValueSyntax text)
                return null;
            texts.Add(text.Value ?? "");
        }
        return [.. texts];
    }

    public static string Expected(Setting setting) =>
        setting.Kind switch
        {
            SettingKind.Whole when setting.Range.Most == long.MaxValue => $"a whole number from {setting.Range.Least}",
            SettingKind.Whole => $"a whole number from {setting.Range.Least} to {setting.Range.Most}",
            SettingKind.List => "a list of texts in quotes",
            SettingKind.TextOrOff => "a text in quotes, or false",
            _ => "a text in quotes",
        };

    private static string Example(Setting setting) =>
        setting.Kind switch
        {
            SettingKind.Whole => setting.Default is { } number && long.TryParse(number, out _) ? number : "1",
            SettingKind.List => """["…", "…"]""",
            SettingKind.TextOrOff => $"\"{setting.Default}\", or false",
            _ => $"\"{(setting.Default is { } text && !text.Contains(' ') ? text : "…")}\"",
        };
}
