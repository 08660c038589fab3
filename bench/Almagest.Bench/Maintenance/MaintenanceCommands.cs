using System.Globalization;

namespace Almagest.Bench.Maintenance;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class MaintenanceCommands
{
    public const string Usage = """
          views CONNECTION STARS RUNS... [-o FOLDER]    fresh views as history grows: refresh against incremental
        """;

    public static async Task<int?> RunAsync(string[] args)
    {
        if (args is not ["views", var server, var stars, .. var rest]) return null;
        string? folder = null;
        if (rest is [.., "-o", var named]) (folder, rest) = (named, rest[..^2]);
        var (report, picture) = await MaintenanceBench.RunAsync(server, int.Parse(stars, CultureInfo.InvariantCulture), [.. rest.Select(r => int.Parse(r, CultureInfo.InvariantCulture)).Order()], Console.Error);
        if (folder is null) Console.Write(report);
        else
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "view-maintenance.md"), report);
            await File.WriteAllTextAsync(Path.Combine(folder, "view-maintenance.svg"), picture);
        }
        return 0;
    }
}
