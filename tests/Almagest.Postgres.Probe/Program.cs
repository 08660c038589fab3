using Almagest.Postgres;

// A second process for tests, a holder of the embedded cluster: takes a lease on the home named by ALMAGEST_HOME, says so, and holds it
// until its input ends. With an argument the server stays up for so many seconds after the last one.
try
{
    var options = EmbeddedServerOptions.FromEnvironment(Console.Error.WriteLine) with
    {
        Durable = false,
        KeepRunning = TimeSpan.FromSeconds(args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 0),
    };
    await using (var lease = await EmbeddedServer.StartAsync(options))
    {
        Console.WriteLine($"ready {(lease.Settings.Started ? "started" : "attached")} {lease.Settings.Account} {lease.ConnectionString}");
        await Console.In.ReadToEndAsync();
    }

    Console.WriteLine("released");
    return 0;
}
catch (PostgresServerException error)
{
    Console.WriteLine($"failed {error.Message} {error.Remedy}");
    return 1;
}
