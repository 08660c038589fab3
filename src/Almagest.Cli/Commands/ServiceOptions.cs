using System.CommandLine;
using Almagest.Catalog;
using Almagest.Catalog.Services;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;

namespace Almagest.Cli.Commands;

/// <summary>Options of <c>ingest</c> that fetch a catalogue from a TAP or cone-search service instead of reading a file.</summary>
internal sealed class ServiceOptions
{
    private readonly Option<string?> _tap = OptionFactory.Text(
        "--tap",
        "URL",
        "Fetch from this TAP service, with --adql; https unless http:// is written"
    );
    private readonly Option<string?> _adql = OptionFactory.Text(
        "--adql",
        "QUERY",
        "What to ask the TAP service; @FILE reads it from a file"
    );
    private readonly Option<bool> _asynchronous = OptionFactory.Flag("--async", "Let the TAP service work on it as a job, and wait");
    private readonly Option<long?> _most = OptionFactory.Whole(
        "--max-rows",
        "N",
        "Most rows to ask the TAP service for (default: the service's own limit)",
        1,
        long.MaxValue
    );
    private readonly Option<string?> _cone = OptionFactory.Text(
        "--cone",
        "URL",
        "Fetch from this cone-search service, with --ra, --dec and --radius"
    );
    private readonly Option<double?> _ra = OptionFactory.Real("--ra", "DEG", "Right ascension of the cone, degrees, ICRS");
    private readonly Option<double?> _dec = OptionFactory.Real("--dec", "DEG", "Declination of the cone, degrees");
    private readonly Option<double?> _radius = OptionFactory.Real("--radius", "DEG", "Radius of the cone, degrees");
    private readonly Option<long?> _timeout = OptionFactory.Whole(
        "--timeout",
        "SECONDS",
        "How long the service may take in all (default 900)",
        1,
        7 * 86400
    );
    private readonly Option<long?> _download = OptionFactory.Whole(
        "--max-download",
        "MIB",
        "The largest answer to take (default 4096)",
        1,
        1 << 20
    );

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_tap, _adql, _asynchronous, _most, _cone, _ra, _dec, _radius, _timeout, _download])
            command.Add(option);
    }

    /// <summary>What to ask of which service; null where none is named.</summary>
    public ServiceRequest? Request(ParseResult parsed)
    {
        var query = parsed.GetValue(_adql);
        double?[] place = [parsed.GetValue(_ra), parsed.GetValue(_dec), parsed.GetValue(_radius)];
        var tapUrl = parsed.GetValue(_tap);
        var coneUrl = parsed.GetValue(_cone);
        if (tapUrl is not null && coneUrl is not null)
            throw new UsageException("--tap and --cone are two services", "Fetch from one at a time.", "--cone");
        if (tapUrl is not null)
        {
            if (query is null)
                throw new UsageException(
                    "--tap lacks its --adql",
                    "Write for instance --adql 'select top 1000 * from gaiadr3.gaia_source'.",
                    "--adql"
                );
            if (query.StartsWith('@'))
            {
                IngestCommand.RequireFiles([query[1..]]);
                query = File.ReadAllText(query[1..]);
            }
            return new TapRequest(Address(tapUrl, "--tap"), query, parsed.GetValue(_asynchronous), parsed.GetValue(_most));
        }
        if (query is not null)
            throw new UsageException("--adql lacks its --tap", "Write --tap URL as well.", "--tap");
        if (coneUrl is null)
            return place.All(v => v is null)
                ? null
                : throw new UsageException("--ra, --dec and --radius lack their --cone", "Write --cone URL as well.", "--cone");
        if (place is not [{ } centre, { } north, { } size])
            throw new UsageException("--cone lacks --ra, --dec or --radius", "Write all three, in degrees.", "--cone");
        if (!(centre is >= 0 and <= 360 && north is >= -90 and <= 90 && size is > 0 and <= 180))
            throw new UsageException(
                "the cone is not a cone on the sky",
                "--ra has 0 to 360, --dec -90 to 90, --radius 0 to 180 degrees.",
                "--cone"
            );
        return new ConeRequest(Address(coneUrl, "--cone"), centre, north, size);
    }

    private static Uri Address(string url, string option)
    {
        try
        {
            return ServiceRequest.Address(url);
        }
        catch (CatalogFormatException e)
        {
            throw new UsageException(e.Message.TrimEnd('.'), "Check it.", option);
        }
    }

    /// <summary>Fetches into a folder; the file is named for the service.</summary>
    public async Task<string> FetchAsync(CommandShell shell, ParseResult parsed, ServiceRequest request, string folder)
    {
        var path = Path.Combine(
            folder,
            string.Concat(request.Service.Host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')) + ".vot"
        );
        var limits = new ServiceLimits
        {
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout) ?? 900),
            MaxBytes = (parsed.GetValue(_download) ?? 4096) << 20,
        };
        using var client = new ServiceClient(limits);
        try
        {
            await ProgressDisplay.ShowAsync(
                shell,
                $"asking {request.Service.Host}",
                async progress =>
                {
                    await client.FetchAsync(
                        request,
                        path,
                        progress is null
                            ? null
                            : new SynchronousProgress<(string Phase, long Bytes)>(p =>
                                progress.Report(p.Bytes > 0 ? $"{p.Phase} {p.Bytes >> 10:N0} KiB" : p.Phase, null)
                            ),
                        shell.CancellationToken
                    );
                    return true;
                }
            );
        }
        catch (CatalogFormatException e)
        {
            throw new CommandFailedException(e.Message, CommandAdvice.Of(LedgerException.Of(e, "Nothing was stored.")));
        }
        return path;
    }
}
