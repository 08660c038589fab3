namespace Almagest.Server.VirtualObservatory;

/// <summary>A table that a request sends along: what the query calls it, and the bytes of the part that holds it.</summary>
internal sealed record Upload(string Name, byte[] Content);

/// <summary>The parameter UPLOAD: <c>name,param:part</c>, several of them with semicolons between (TAP 1.1, section 2.5.1); instead of a
/// part of the request, the address of a result that this server keeps.</summary>
internal static class UploadList
{
    private const int Most = 20;

    /// <param name="result">the result of a job of whoever asks, by its address; null where the address is none</param>
    /// <exception cref="VoException">it cannot be understood, or names a part that the request does not have</exception>
    public static async Task<IReadOnlyList<Upload>> OfAsync(VoParameters parameters, Func<string, Task<byte[]?>> result)
    {
        var uploads = new List<Upload>();
        foreach (var pair in parameters.All("UPLOAD").SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (pair.Split(',', 2, StringSplitOptions.TrimEntries) is not [var name, { Length: > 0 } address])
                throw VoException.Invalid($"UPLOAD is '{pair}', expected name,param:part");
            if (!UploadedTable.IsName(name))
                throw VoException.Invalid(
                    $"the table of UPLOAD cannot be called '{name}': expected letters, digits and '_', beginning with a letter, and no "
                        + "reserved word"
                );
            if (uploads.Exists(u => u.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw VoException.Invalid($"UPLOAD names two tables {name}");
            if (uploads.Count == Most)
                throw VoException.Invalid($"UPLOAD has more than {Most} tables");
            uploads.Add(new Upload(name, await PartAsync(parameters, address, result)));
        }
        return uploads;
    }

    private static async Task<byte[]> PartAsync(VoParameters parameters, string address, Func<string, Task<byte[]?>> result)
    {
        const string Inline = "param:";
        // A server that fetched what it is told to would fetch for others what only it can reach.
        if (!address.StartsWith(Inline, StringComparison.OrdinalIgnoreCase))
            return await result(address)
                ?? throw VoException.Invalid(
                    $"UPLOAD has the address '{address}', and this server fetches nothing but results of your jobs on it: send the table "
                        + "with the request, as a part of a multipart/form-data, and name it param:part"
                );
        var name = address[Inline.Length..];
        return parameters.Content(name) ?? throw VoException.Invalid($"UPLOAD names the part '{name}', which the request does not have");
    }
}
