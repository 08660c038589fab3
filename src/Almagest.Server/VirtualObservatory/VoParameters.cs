using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Almagest.Server.VirtualObservatory;

/// <summary>The parameters of a request, from the address and from a form (DALI 1.1, section 3): names in any case, unknown ones without
/// meaning.</summary>
internal sealed class VoParameters
{
    private const int MostFormBytes = 1 << 20;

    private readonly Dictionary<string, List<string>> _all = new(StringComparer.OrdinalIgnoreCase);

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

    /// <exception cref="VoException">the form cannot be read</exception>
    public static async Task<VoParameters> ReadAsync(HttpContext context)
    {
        var parameters = new VoParameters();
        parameters.Add(context.Request.Query);
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
        {
            context.Features.Set<IFormFeature>(
                new FormFeature(
                    context.Request,
                    new FormOptions
                    {
                        ValueLengthLimit = MostFormBytes,
                        BufferBodyLengthLimit = MostFormBytes,
                        MultipartBodyLengthLimit = MostFormBytes,
                    }
                )
            );
            try
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                parameters.Add(form);
                if (form.Files.Count > 0)
                    throw VoException.Invalid("UPLOAD is not supported: this service takes no tables");
            }
            catch (Exception e) when (e is InvalidDataException or IOException && e is not BadHttpRequestException)
            {
                throw VoException.Invalid("the form cannot be read, or is longer than 1 MiB");
            }
        }
        return parameters;
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
