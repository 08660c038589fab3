using Almagest.Cli;
using Almagest.Cli.Shell;

using var stop = new StopSignals();
return await CommandLine.RunAsync(args, Console.Out, Console.Error, TerminalInfo.OfThisProcess(), stop.Token);
