using Almagest.Bench;
using Almagest.Bench.Clustering;
using Almagest.Bench.Engine;
using Almagest.Bench.Forest;

try
{
    if (args.Length > 0 && Suite.All.FirstOrDefault(s => s.Name == args[0]) is { } suite)
        return await suite.RunAsync(args[1..]);
    if ((EngineCommands.Run(args) ?? ForestCommands.Run(args) ?? ClusteringCommands.Run(args)) is { } code)
        return code;
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
await Console.Error.WriteLineAsync(
    $"""
    usage: Almagest.Bench COMMAND

    Suites, each a page of Markdown (-o FILE writes it to a file, too):
    {string.Join(Environment.NewLine, Suite.All.Select(s => $"  {s.Name}: {s.Description}{Environment.NewLine}{s.Usage}"))}

    Parts of them, and helpers of bench/compare:
    {EngineCommands.Usage}
    {ForestCommands.Usage}
    {ClusteringCommands.Usage}
    """
);
return 2;
