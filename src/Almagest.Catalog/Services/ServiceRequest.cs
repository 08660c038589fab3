namespace Almagest.Catalog.Services;

/// <summary>How far a fetch from a service may go.</summary>
public sealed record ServiceLimits
{
    public static ServiceLimits Default { get; } = new();

    /// <summary>The largest answer, in bytes, before it is broken off. 4 GiB by default.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>For everything, waiting for an asynchronous job included. 15 minutes by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A question to a service of the Virtual Observatory, whose answer is a VOTable.</summary>
public abstract record ServiceRequest(Uri Service)
{
    /// <summary>What was asked, in words that can be kept with the data.</summary>
    public abstract string Query { get; }

    /// <exception cref="CatalogFormatException">it is not an address of a web service</exception>
    public static Uri Address(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "https://" + text;
        return
            Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            && uri.Host.Length > 0
            ? uri
            : throw new CatalogFormatException(
                $"'{RejectedRow.Clip(text)}' is not an address of a service. Expected one that begins with https:// or http://, for "
                    + $"instance https://gea.esac.esa.int/tap-server/tap."
            );
    }
}

/// <summary>A query in ADQL to a TAP service (TAP 1.1, https://www.ivoa.net/documents/TAP/).</summary>
/// <param name="Service">the address of the service, to which <c>/sync</c> and <c>/async</c> are appended</param>
/// <param name="Adql">the query</param>
/// <param name="Asynchronous">as a job that the service works on while we wait; for what takes longer than some minutes</param>
/// <param name="MaxRows">most rows; null leaves it to the service, whose own limit is then told as a warning</param>
public sealed record TapRequest(Uri Service, string Adql, bool Asynchronous = false, long? MaxRows = null) : ServiceRequest(Service)
{
    public override string Query => Adql;
}

/// <summary>A cone in a Simple Cone Search service (SCS 1.03, https://www.ivoa.net/documents/ConeSearch/).</summary>
/// <param name="Service">its address, with or without parameters of its own</param>
/// <param name="Ra">degrees, ICRS</param>
/// <param name="Dec">degrees</param>
/// <param name="Radius">degrees, up to 180</param>
public sealed record ConeRequest(Uri Service, double Ra, double Dec, double Radius) : ServiceRequest(Service)
{
    public override string Query => FormattableString.Invariant($"RA={Ra:R}&DEC={Dec:R}&SR={Radius:R}");
}
