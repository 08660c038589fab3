using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;
using Almagest.Discovery;

namespace Almagest.Ledger.Selections;

/// <summary>
/// The filter of the command line: terms apart by spaces, e.g. <c>cone=56.75,24.1,2 magnitude=..15 parallax_over_error=5..</c>;
/// a range is <c>min..max</c>, either side may be left out. Text that starts with <c>{</c> is the JSON form.
/// </summary>
public static partial class StarFilterText
{
    private const string Help =
        "Write terms like: cone=RA,DEC,RADIUS  ra=350..10  dec=-5..5  magnitude=..15  color=0.5..1  parallax=5..10 (mas)  "
        + "pmra=-25..-15  pmdec=-50..-40 (mas/yr)  pm=50..  parallax_over_error=5..  ruwe=..1.4  "
        + "extra.COLUMN=0..1  quality=gaia  without=SOURCE_ID,SOURCE_ID  only=SOURCE_ID,SOURCE_ID  "
        + "sample=1000 or sample=1000,SEED";

    /// <exception cref="LedgerException">a term is unknown or malformed</exception>
    public static StarFilter Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return StarFilter.All;
        if (text.TrimStart().StartsWith('{'))
            return StarFilter.FromJson(text);
        var json = new JsonObject();
        foreach (var term in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = term.Split('=', 2) is [var n, var v] ? (StarFilter.NameOf(n), v) : throw Bad(term);
            if (json.ContainsKey(name))
                throw Twice(name, term);
            if (name == "cone")
            {
                var parts = value.Split(',').Select(p => Number(p, term)).ToArray();
                if (parts.Length != 3)
                    throw Bad(term);
                json["cone"] = new JsonObject
                {
                    ["ra_deg"] = parts[0],
                    ["dec_deg"] = parts[1],
                    ["radius_deg"] = parts[2],
                };
            }
            else if (name == "quality")
                json["quality"] = value;
            else if (name is "without" or "only")
            {
                var ids = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                if (ids.Length == 0)
                    throw LedgerException.Of(
                        ErrorCode.UnreadableFilter,
                        $"the filter term '{term}' names no star",
                        $"Write the ids that the catalogue has with commas between: {name}=ID,ID; or leave the term out.",
                        "filter"
                    );
                json[name] = new JsonArray([.. ids.Select(id => (JsonNode)id)]);
            }
            else if (name == "sample")
            {
                var parts = value.Split(',');
                if (
                    parts.Length > 2
                    || !parts.All(p => long.TryParse(p, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                )
                    throw Bad(term);
                var sample = new JsonObject { ["n"] = long.Parse(parts[0], CultureInfo.InvariantCulture) };
                if (parts.Length == 2)
                    sample["seed"] = long.Parse(parts[1], CultureInfo.InvariantCulture);
                json["sample"] = sample;
            }
            else if (
                name == "ra_deg"
                || (name.StartsWith("extra.", StringComparison.Ordinal) && name.Length > 6)
                || StarFilter.Ranges.ContainsKey(name)
            )
            {
                var edges = value.Split("..");
                if (edges.Length != 2 || value == "..")
                    throw Bad(term);
                var range = new JsonObject();
                if (edges[0].Length > 0)
                    range["min"] = Number(edges[0], term);
                if (edges[1].Length > 0)
                    range["max"] = Number(edges[1], term);
                if (name.StartsWith("extra.", StringComparison.Ordinal))
                {
                    if (json["extra"] is not JsonObject extra)
                        json["extra"] = extra = [];
                    if (!extra.TryAdd(name[6..], range))
                        throw Twice(name, term);
                }
                else
                    json[name] = range;
            }
            else
                throw Unknown(name, term);
        }
        return StarFilter.FromJson(json.ToJsonString());
    }

    private static double Number(string text, string term) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Bad(term);

    // Two terms on one field could be meant as both or as either.
    private static LedgerException Twice(string name, string term) =>
        LedgerException.Of(
            ErrorCode.UnreadableFilter,
            $"the filter term '{term}' is the second on {name}",
            name switch
            {
                "only" or "without" => $"Name all stars in one term, with commas between: {name}=ID,ID.",
                "cone" or "sample" or "quality" => $"Give one {name}.",
                _ => "Write one range: parallax=5..10 holds from 5 to 10.",
            },
            "filter"
        );

    // Which band a catalogue's magnitudes are of is not for a name to say: a condition on V is none on G.
    private static string? Meant(string name) =>
        Magnitude().IsMatch(name) ? "magnitude"
        : Colour().IsMatch(name) ? "color"
        : null;

    [GeneratedRegex("^(?:phot_)?(?:g|bp|rp|[ubvri]|[jhk]s?|w[1-4])(?:_?mean)?(?:_?mag)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Magnitude();

    [GeneratedRegex("^(?:bp_rp|bp-rp|bprp|g_rp|bp_g|b_v|b-v|v_i|j_k)$", RegexOptions.IgnoreCase)]
    private static partial Regex Colour();

    private static LedgerException Unknown(string name, string term) =>
        Meant(name) is { } field
            ? LedgerException.Of(
                ErrorCode.UnreadableFilter,
                $"the filter term '{term}' cannot be read: there is no condition on '{name}'",
                $"{field}=MIN..MAX is on the catalogue's main {(field == "color" ? "colour" : "band")}, whichever that is; "
                    + $"another column is extra.{name}=MIN..MAX",
                "filter"
            )
        : NearestName.All(name, StarFilter.Names).Take(3).ToList() is { Count: > 0 } near
            ? LedgerException.Of(
                ErrorCode.UnreadableFilter,
                $"the filter term '{term}' cannot be read: there is no condition on '{name}'",
                $"Did you mean {string.Join(" or ", near)}? Another column of the catalogue is extra.{name}=MIN..MAX",
                "filter"
            )
        : Bad(term);

    private static LedgerException Bad(string term) =>
        LedgerException.Of(ErrorCode.UnreadableFilter, $"the filter term '{term}' cannot be read", Help, "filter");
}
