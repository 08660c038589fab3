using Almagest.Cli;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;

using var stop = new StopSignals();
return await CommandLine.RunAsync(
    args,
    CheckedWriter.ForAnswers(Console.Out),
    CheckedWriter.ForMessages(Console.Error),
    TerminalInfo.OfThisProcess(),
    SettingSources.OfThisProcess(),
    stop.Token
);
