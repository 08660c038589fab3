using System.Globalization;

namespace Almagest.Bench;

/// <summary>What all suites understand: sizes, a quick mode, a file for the page. Sizes read 10k, 1M or 10000.</summary>
internal sealed class BenchArguments
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _flags = [];

    /// <param name="names">options with a value, beside <c>-o</c></param>
    /// <param name="switches">options without</param>
    /// <exception cref="FormatException">an option that the suite does not know, or one without its value</exception>
    public BenchArguments(string[] args, string[] names, string[] switches)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i] == "--output" ? "-o" : args[i];
            if (switches.Contains(name))
                _flags.Add(name);
            else if (name != "-o" && !names.Contains(name))
                throw new FormatException($"'{name}' is not understood; known are {string.Join(", ", [.. switches, .. names, "-o"])}");
            else if (++i == args.Length)
                throw new FormatException($"{name} lacks its value");
            else
                _values[name] = args[i];
        }
    }

    public bool Has(string flag) => _flags.Contains(flag);

    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The numbers of a list such as <c>10k,1M</c>.</summary>
    public IReadOnlyList<int> Numbers(string name, string ordinary) => [.. (this[name] ?? ordinary).Split(',').Select(Number)];

    public static int Number(string text)
    {
        var factor = text.ToUpperInvariant() switch
        {
            [.., 'K'] => 1000,
            [.., 'M'] => 1_000_000,
            _ => 1,
        };
        return
            double.TryParse(factor == 1 ? text : text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value * factor is >= 1 and <= int.MaxValue
            ? (int)Math.Round(value * factor)
            : throw new FormatException($"'{text}' is not a size; expected for instance 10k, 1M or 12500");
    }

    /// <summary>Prints the page, and writes it where <c>-o</c> says.</summary>
    public void Publish(string page)
    {
        Console.Write(page);
        if (this["-o"] is not { } path)
            return;
        File.WriteAllText(path, page);
        Console.Error.WriteLine($"written to {path}");
    }
}
