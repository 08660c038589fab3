using Almagest.Bench.Analytics;
using Almagest.Bench.Clustering;
using Almagest.Bench.Forest;
using Almagest.Bench.Load;
using Almagest.Bench.Maintenance;

var answer = ForestCommands.Run(args) ?? ClusteringCommands.Run(args) ?? await AnalyticsCommands.RunAsync(args) ?? await LoadCommands.RunAsync(args) ?? await MaintenanceCommands.RunAsync(args);
if (answer is { } code) return code;
await Console.Error.WriteLineAsync($"""
    usage: Almagest.Bench COMMAND
    {ForestCommands.Usage}
    {ClusteringCommands.Usage}
    {AnalyticsCommands.Usage}
    {MaintenanceCommands.Usage}
    {LoadCommands.Usage}
    """);
return 2;
