using System.Globalization;

namespace Almagest.Server.VirtualObservatory;

/// <summary>What a request to TAP asks (TAP 1.1, section 2.7).</summary>
internal sealed record TapQuery(string Adql, long MostRows, VoFormat Format, IReadOnlyList<Upload> Uploads)
{
    /// <param name="result">the result of a job of whoever asks, by its address; null where the address is none</param>
    /// <exception cref="VoException">a parameter is missing, or cannot be understood</exception>
    public static async Task<TapQuery> FromAsync(VoParameters parameters, Func<string, Task<byte[]?>> result)
    {
        if (parameters.Get("REQUEST") is { } request && !request.Equals("doQuery", StringComparison.OrdinalIgnoreCase))
            throw VoException.Invalid($"REQUEST is '{request}', expected doQuery");
        var language = parameters.Get("LANG") ?? throw VoException.Invalid("LANG is missing, expected ADQL");
        if (
            !language.Equals("ADQL", StringComparison.OrdinalIgnoreCase)
            && !language.Equals("ADQL-2.0", StringComparison.OrdinalIgnoreCase)
            && !language.Equals("ADQL-2.1", StringComparison.OrdinalIgnoreCase)
        )
            throw VoException.Invalid($"LANG is '{language}', expected ADQL, ADQL-2.0 or ADQL-2.1");
        var adql = parameters.Get("QUERY") ?? throw VoException.Invalid("QUERY is missing: the query in ADQL");
        return new TapQuery(
            adql,
            Rows(parameters),
            VoFormat.Parse(parameters.Get("RESPONSEFORMAT") ?? FormatOf(parameters)),
            await UploadList.OfAsync(parameters, result)
        );
    }

    // astroquery says with the same word what it sends along; what it wants comes first.
    private static string? FormatOf(VoParameters parameters) =>
        parameters.Get("tapclient") is not null && parameters.All("FORMAT") is [var first, ..] ? first : parameters.Get("FORMAT");

    public static long Rows(VoParameters parameters, long standard = TapLimits.StandardRows)
    {
        if (parameters.Get("MAXREC") is not { } text)
            return standard;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? Math.Min(rows, TapLimits.MostRows)
            : throw VoException.Invalid($"MAXREC is '{text}', expected a number of rows from 0");
    }
}
