using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class ServerConfigurationTests
{
    private const long Gigabyte = 1 << 30;

    [Theory]
    [InlineData(1, "shared_buffers = 128MB", "work_mem = 4MB", "maintenance_work_mem = 64MB")]
    [InlineData(16, "shared_buffers = 2048MB", "work_mem = 64MB", "maintenance_work_mem = 1024MB")]
    [InlineData(512, "shared_buffers = 4096MB", "work_mem = 128MB", "maintenance_work_mem = 1024MB")]
    public void Memory_is_shared_with_other_programs(int gigabytes, params string[] expected)
    {
        var settings = ServerConfiguration.Write(true, gigabytes * Gigabyte, Gigabyte, 4).Split('\n');
        Assert.All(expected, line => Assert.Contains(line, settings));
    }

    [Fact]
    public void A_container_with_little_shared_memory_uses_files()
    {
        Assert.Contains(
            "dynamic_shared_memory_type = mmap",
            ServerConfiguration.Write(true, Gigabyte, 64 << 20, 4),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "dynamic_shared_memory_type = posix",
            ServerConfiguration.Write(true, Gigabyte, Gigabyte, 4),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Only_a_throw_away_cluster_gives_up_safety()
    {
        Assert.DoesNotContain("fsync", ServerConfiguration.Write(durable: true), StringComparison.Ordinal);
        Assert.Contains("fsync = off", ServerConfiguration.Write(durable: false), StringComparison.Ordinal);
    }
}
