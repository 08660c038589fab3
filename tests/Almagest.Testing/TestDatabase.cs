namespace Almagest.Testing;

/// <summary>A database of one test, dropped at its end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly TestCluster cluster;

    internal TestDatabase(TestCluster cluster, string name, string connectionString)
    {
        this.cluster = cluster;
        Name = name;
        ConnectionString = connectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public async ValueTask DisposeAsync() => await cluster.DropAsync(this);
}
