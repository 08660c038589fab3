using Almagest.Testing;

// The one PostgreSQL of all test programs, for `./test`: says its connection string, and holds it until its input ends.
Console.WriteLine(await ThrowAwayServer.StartAsync(connections: 300));
await Console.In.ReadToEndAsync();
