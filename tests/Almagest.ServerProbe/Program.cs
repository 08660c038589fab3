using Almagest.Killing;
using Almagest.ServerProbe;

// A server that is there to be killed: CONNECTION [POINT]. Or a piece of work: work ….
return args[0] == "work" ? await WorkProcess.RunAsync(args[1..]) : await HeldServer.RunAsync(args[0], args.ElementAtOrDefault(1));
