using System.Globalization;

namespace Almagest.Bench.Load;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class LoadCommands
{
    public const string Usage = """
          routes CONNECTION RUNSxSTARS [SECONDS] [-o FILE]  routes under load beside a bare endpoint, by wrk
        """;

    public static async Task<int?> RunAsync(string[] args)
    {
        if (args is not ["routes", var server, var history, .. var rest]) return null;
        var output = Array.IndexOf(rest, "-o") is >= 0 and var at ? rest[at + 1] : null;
        var seconds = rest is [var first, ..] && first != "-o" ? Number(first) : 5;
        var size = history.Split('x');
        var report = await RoutesUnderLoad.RunAsync(server, Number(size[0]), Number(size[1]), seconds, Console.Error);
        if (output is null) Console.Write(report);
        else await File.WriteAllTextAsync(output, report);
        return 0;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
