using Almagest.ServerProbe;

// A server that is there to be killed: CONNECTION [POINT].
return await HeldServer.RunAsync(args[0], args.ElementAtOrDefault(1));
