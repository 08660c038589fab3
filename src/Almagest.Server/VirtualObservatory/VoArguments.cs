using Almagest.Server.Http;

namespace Almagest.Server.VirtualObservatory;

/// <summary>The parameters of the virtual observatory's protocols, as the API's description names them. The protocols read them by rules of
/// their own.</summary>
internal static class VoArguments
{
    public static readonly Words Dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    public static readonly Uuid RunId = new("run_id", "a complete run") { InPath = true };
    public static readonly Words Table = new("table", "the table with its schema, as /vo/tap/tables names it") { InPath = true };
    public static readonly Words Job = new("job", "the job, as the answer to its creation names it") { InPath = true };

    public static readonly Number Ra = new("RA", "right ascension of the centre, degrees, ICRS", 0, 360) { IsRequired = true };
    public static readonly Number Dec = new("DEC", "declination of the centre, degrees, ICRS", -90, 90) { IsRequired = true };
    public static readonly Number Radius = new("SR", "radius, degrees; 0 asks for the columns alone", 0, 180) { IsRequired = true };
    public static readonly Choice Verbosity = new("VERB", "how many columns: 1 the fewest, 3 all", ["1", "2", "3"], "2");

    public static readonly Choice Language = new("LANG", "the language of the query", ["ADQL", "ADQL-2.0", "ADQL-2.1"])
    {
        IsRequired = true,
    };
    public static readonly Words Query = new("QUERY", "the query, ADQL", int.MaxValue) { IsRequired = true };
    public static readonly Choice JobLanguage = new(
        "LANG",
        "the language of the query; may be given before the job begins",
        ["ADQL", "ADQL-2.0", "ADQL-2.1"]
    );
    public static readonly Words JobQuery = new("QUERY", "the query, ADQL; may be given before the job begins", int.MaxValue);
    public static readonly WholeNumber MostRows = new("MAXREC", "most rows; an answer that is cut says so", 0, long.MaxValue);
    public static readonly Words Format = new(
        "RESPONSEFORMAT",
        $"the form of the answer: {string.Join(", ", VoFormat.All.Select(f => f.Names[0]))}, or a media type"
    );

    public static readonly Choice Phase = new("PHASE", "only jobs in this phase", Enum.GetNames<JobPhase>());
    public static readonly WholeNumber Wait = new("WAIT", "seconds to wait for another phase, -1 = as long as may be", -1, int.MaxValue);
    public static readonly Choice Detail = new("detail", "min leaves the columns out", ["min", "max"]);
}
