using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Almagest.Server.VirtualObservatory;

/// <summary>The parameters of a request, from the address and from a form (DALI 1.1, section 3): names in any case, unknown ones without
/// meaning.</summary>
internal sealed partial class VoParameters
{
    private const int MostFormBytes = 1 << 20;

    private readonly Dictionary<string, List<string>> _all = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);

    /// <summary>Bytes of the parts that were sent as files.</summary>
    public long ContentBytes
    {
        get
        {
            lock (_all)
                return _contents.Values.Sum(c => (long)c.Length);
        }
    }

    /// <summary>All of them, names in upper case. A parameter of a job may change while somebody reads it, so that this is a
    /// copy.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs
    {
        get
        {
            lock (_all)
                return _all.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key.ToUpperInvariant(), v))).ToList();
        }
    }

    /// <summary>The files, by their parts' names.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Contents
    {
        get
        {
            lock (_all)
                return [.. _contents];
        }
    }

    /// <param name="mostUploadBytes">of files in the form; 0 where none are welcome</param>
    /// <exception cref="VoException">the form cannot be read</exception>
    public static async Task<VoParameters> ReadAsync(HttpContext context, int mostUploadBytes = 0)
    {
        var parameters = new VoParameters();
        parameters.Add(context.Request.Query);
        context.Request.ContentType = Quoted(context.Request.ContentType);
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
        {
            var most = MostFormBytes + mostUploadBytes;
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = most;
            context.Features.Set<IFormFeature>(
                new FormFeature(
                    context.Request,
                    new FormOptions
                    {
                        // A client may send a table as a part without a file's name.
                        ValueLengthLimit = most,
                        BufferBodyLengthLimit = most,
                        MultipartBodyLengthLimit = most,
                    }
                )
            );
            try
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                parameters.Add(form);
                if (mostUploadBytes == 0 && form.Files.Count > 0)
                    throw VoException.Invalid("this request takes no tables");
                foreach (var file in form.Files)
                    await parameters.AddAsync(file, context.RequestAborted);
            }
            catch (Exception e) when (e is InvalidDataException or IOException && e is not BadHttpRequestException)
            {
                throw VoException.Invalid(
                    $"the form cannot be read, or is longer than {most >> 20} MiB"
                        + (mostUploadBytes > 0 ? "; a larger table can be loaded as a dataset" : "")
                );
            }
        }
        return parameters;
    }

    // A boundary with '=' in it stands in quotation marks, which astroquery forgets: without them it is no media type.
    private static string? Quoted(string? type) =>
        type is not null && Boundary().Match(type) is { Success: true } found
            ? $"{found.Groups[1].Value}\"{found.Groups[2].Value}\""
            : type;

    [GeneratedRegex(
        "^(multipart/form-data; *boundary=)([^\\s\";,]*=[^\\s\";,]*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Boundary();

    private async Task AddAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, cancellationToken);
        lock (_all)
            _contents[file.Name] = content;
    }

    private void Add(IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        foreach (var (name, values) in pairs)
        {
            if (!_all.TryGetValue(name, out var list))
                _all[name] = list = [];
            list.AddRange(values.OfType<string>());
        }
    }

    /// <summary>A parameter's value; null where it is missing or empty.</summary>
    /// <exception cref="VoException">it is given more than once, with different values</exception>
    public string? Get(string name)
    {
        List<string> given;
        lock (_all)
        {
            if (!_all.TryGetValue(name, out var values))
                return null;
            given = values.Where(v => v.Length > 0).Distinct().ToList();
        }
        return given.Count > 1
            ? throw VoException.Invalid($"{name} is given {given.Count} times with different values")
            : given.FirstOrDefault();
    }

    /// <summary>All values of a parameter that may be given more than once.</summary>
    public IReadOnlyList<string> All(string name)
    {
        lock (_all)
            return _all.TryGetValue(name, out var values) ? [.. values.Where(v => v.Length > 0)] : [];
    }

    /// <summary>The bytes of a part of the form; null where there is none of that name.</summary>
    public byte[]? Content(string part)
    {
        lock (_all)
        {
            return _contents.TryGetValue(part, out var content) ? content
                : _all.TryGetValue(part, out var values) && values is [{ Length: > 0 } text] ? Encoding.UTF8.GetBytes(text)
                : null;
        }
    }

    /// <summary>Takes files over, by their parts' names.</summary>
    public void TakeContents(IEnumerable<KeyValuePair<string, byte[]>> contents)
    {
        lock (_all)
        {
            foreach (var (part, content) in contents)
                _contents[part] = content;
        }
    }

    /// <summary>Another value of a parameter that may be given more than once.</summary>
    public void Append(string name, string value)
    {
        lock (_all)
        {
            if (!_all.TryGetValue(name, out var list))
                _all[name] = list = [];
            list.Add(value);
        }
    }

    public void Set(string name, string value)
    {
        lock (_all)
            _all[name] = [value];
    }

    /// <summary>A finite number in a closed range.</summary>
    /// <exception cref="VoException">it is missing, or no such number</exception>
    public double Number(string name, double least, double most, string what)
    {
        var text = Get(name) ?? throw VoException.Invalid($"{name} is missing: {what}, a number from {least} to {most}");
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw VoException.Invalid($"{name} is '{text}', expected {what}, a number from {least} to {most}");
    }
}
