using Almagest.Catalog.Services;
using Almagest.Testing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Fetching from TAP and cone-search services, against a small one on a free port of this machine.</summary>
public sealed class ServiceClientTests : IDisposable
{
    private readonly SmallService _small = new();
    private readonly string _file = Path.GetTempFileName();

    private Uri Service => _small.Tap;

    private IReadOnlyList<string> Asked => _small.Asked;

    public void Dispose()
    {
        _small.Dispose();
        File.Delete(_file);
    }

    private async Task<IReadOnlyList<Star>> Fetch(ServiceRequest request, ServiceLimits? limits = null)
    {
        using var client = new ServiceClient(limits);
        await client.FetchAsync(request, _file, null, TestContext.Current.CancellationToken);
        return Load.File(_file).Stars;
    }

    private async Task<string> Refusal(ServiceRequest request, ServiceLimits? limits = null) =>
        (await Assert.ThrowsAsync<CatalogFormatException>(() => Fetch(request, limits))).Message;

    [Fact]
    public async Task A_tap_service_is_asked_at_once()
    {
        var star = Assert.Single(await Fetch(new TapRequest(Service, "select * from stars", MaxRows: 10)));
        Assert.Equal(("7", 10, 20), (star.Id, star.Ra, star.Dec));
        var asked = Assert.Single(Asked);
        Assert.StartsWith("POST /tap/sync ", asked, StringComparison.Ordinal);
        Assert.Contains("REQUEST=doQuery&LANG=ADQL&FORMAT=votable&QUERY=select * from stars&MAXREC=10", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tap_service_works_on_a_job_and_is_tidied_up_after()
    {
        Assert.Single(await Fetch(new TapRequest(Service, "select * from stars", Asynchronous: true)));
        Assert.Contains("PHASE=RUN", Asked[0], StringComparison.Ordinal);
        Assert.Equal(3, Asked.Count(a => a == "GET /tap/async/1/phase"));
        Assert.Equal("DELETE /tap/async/1", Asked[^1]);
    }

    [Fact]
    public async Task What_the_service_says_is_wrong_reaches_the_user()
    {
        foreach (var asynchronous in new[] { false, true })
            Assert.Contains(
                "unknown column parallaxx",
                await Refusal(new TapRequest(Service, "select parallaxx", asynchronous)),
                StringComparison.Ordinal
            );
        Assert.Contains("404", await Refusal(new ConeRequest(new Uri(Service, "/nowhere"), 10, 20, 1)), StringComparison.Ordinal);
        Assert.Contains(
            "no such thing here",
            await Refusal(new ConeRequest(new Uri(Service, "/nowhere"), 10, 20, 1)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/cone", "/cone?RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    [InlineData("/cone?cat=I/239", "/cone?cat=I/239&RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    [InlineData("/cone?cat=x&", "/cone?cat=x&RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    public async Task A_cone_search_service_is_asked_under_any_address(string address, string asked)
    {
        Assert.Single(await Fetch(new ConeRequest(new Uri(Service, address), 10.5, -20, 0.25)));
        Assert.Equal($"GET {asked}", Assert.Single(Asked));
    }

    [Fact]
    public async Task Redirections_are_followed_only_as_far_as_they_are_safe()
    {
        Assert.Single(await Fetch(new TapRequest(Service, "moved")));
        Assert.Contains("not followed", await Refusal(new TapRequest(Service, "astray")), StringComparison.Ordinal);
        Assert.Contains("more than 8 times", await Refusal(new TapRequest(Service, "round")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_are_too_large_or_too_late_are_broken_off()
    {
        Assert.Contains(
            "larger than 1 MiB",
            await Refusal(new TapRequest(Service, "endless"), new ServiceLimits { MaxBytes = 1 << 20 }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "within",
            await Refusal(
                new ConeRequest(new Uri(Service, "/slow"), 1, 2, 3),
                new ServiceLimits { Timeout = TimeSpan.FromMilliseconds(300) }
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cannot be reached",
            await Refusal(new ConeRequest(new Uri("http://127.0.0.1:1/"), 1, 2, 3)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("gea.esac.esa.int/tap", "https://gea.esac.esa.int/tap")]
    [InlineData("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x")]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("ftp://x/y", null)]
    [InlineData("https://", null)]
    public void Only_web_addresses_are_services_and_tls_is_the_default(string text, string? address)
    {
        if (address is null)
            Assert.Throws<CatalogFormatException>(() => ServiceRequest.Address(text));
        else
            Assert.Equal(address, ServiceRequest.Address(text).AbsoluteUri);
    }
}
