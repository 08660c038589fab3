using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Npgsql;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class ConnectionTextTests
{
    [Fact]
    public void A_url_becomes_keywords_with_its_escapes_resolved()
    {
        var settings = Parse("postgresql://me:p%40ss%3Bword@db.example.org:5433/star%20ledger?sslmode=verify-full&connect_timeout=7");

        Assert.Equal("me", settings.Username);
        Assert.Equal("p@ss;word", settings.Password);
        Assert.Equal("db.example.org", settings.Host);
        Assert.Equal(5433, settings.Port);
        Assert.Equal("star ledger", settings.Database);
        Assert.Equal(SslMode.VerifyFull, settings.SslMode);
        Assert.Equal(7, settings.Timeout);
    }

    [Theory]
    [InlineData("postgres://localhost/x", "localhost", "x")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpg/x", "/var/run/pg", "x")]
    [InlineData("postgresql:///x?host=/tmp/socket", "/tmp/socket", "x")]
    [InlineData("postgresql://[::1]:5432/x", "::1", "x")]
    [InlineData("postgresql://me@host", "host", null)]
    [InlineData("postgresql://me@db1,db2:5433,[::1]:5434/x", "db1,db2:5433,[::1]:5434", "x")]
    public void Hosts_may_be_names_addresses_and_sockets(string url, string host, string? database)
    {
        var settings = Parse(url);

        Assert.Equal(host, settings.Host);
        Assert.Equal(database, settings.Database);
    }

    [Theory]
    [InlineData("read-write")]
    [InlineData("prefer-standby")]
    [InlineData("primary")]
    public void Which_of_several_servers_is_wanted_is_said_as_libpq_says_it(string wanted) =>
        Assert.Equal(wanted, Parse($"postgresql://db1,db2/x?target_session_attrs={wanted}").TargetSessionAttributes);

    [Fact]
    public void The_keyword_form_passes_unchanged() => Assert.Equal("Host=x;Database=y", ConnectionText.ToNpgsql(" Host=x;Database=y "));

    [Theory]
    [InlineData("mysql://me:secret@host/x")]
    [InlineData("postgresql://me:secret@host:none/x")]
    [InlineData("postgresql://me:secret@host/x?colour=blue")]
    [InlineData("postgresql://me:secret@host/x?sslmode=sometimes")]
    [InlineData("postgresql://me:secret@host/x?port=many")]
    [InlineData("postgresql://me:secret@host,other:many/x")]
    [InlineData("postgresql://me:secret@host,other/x?target_session_attrs=best")]
    public void A_url_that_cannot_be_read_is_refused_without_repeating_its_password(string url)
    {
        var error = Assert.Throws<UsageException>(() => ConnectionText.ToNpgsql(url));

        Assert.DoesNotContain("secret", error.Message + error.Hint);
        Assert.Equal("--database", error.Option);
    }

    private static NpgsqlConnectionStringBuilder Parse(string url) => new(ConnectionText.ToNpgsql(url));
}
