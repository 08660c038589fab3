using Almagest.Cli;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;

using var stop = new StopSignals();
return await CommandLine.RunAsync(
    args,
    Console.Out,
    Console.Error,
    TerminalInfo.OfThisProcess(),
    SettingSources.OfThisProcess(),
    stop.Token
);
