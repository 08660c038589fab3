using Almagest.Server.Http;

namespace Almagest.Server.VirtualObservatory;

/// <summary>The parameters of the virtual observatory's protocols, as the API's description names them. The protocols read them by rules of
/// their own.</summary>
internal static class VoArguments
{
    public static readonly TextParameter Dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    public static readonly UuidParameter RunId = new("run_id", "a complete run") { InPath = true };
    public static readonly TextParameter Table = new("table", "the table with its schema, as /vo/tap/tables names it") { InPath = true };
    public static readonly TextParameter Job = new("job", "the job, as the answer to its creation names it") { InPath = true };

    public static readonly NumberParameter Ra = new("RA", "right ascension of the centre, degrees, ICRS", 0, 360) { IsRequired = true };
    public static readonly NumberParameter Dec = new("DEC", "declination of the centre, degrees, ICRS", -90, 90) { IsRequired = true };
    public static readonly NumberParameter Radius = new("SR", "radius, degrees; 0 asks for the columns alone", 0, 180)
    {
        IsRequired = true,
    };
    public static readonly ChoiceParameter Verbosity = new("VERB", "how many columns: 1 the fewest, 3 all", ["1", "2", "3"], "2");

    public static readonly ChoiceParameter Language = new("LANG", "the language of the query", ["ADQL", "ADQL-2.0", "ADQL-2.1"])
    {
        IsRequired = true,
    };
    public static readonly TextParameter Query = new("QUERY", "the query, ADQL", int.MaxValue) { IsRequired = true };
    public static readonly ChoiceParameter JobLanguage = new(
        "LANG",
        "the language of the query; may be given before the job begins",
        ["ADQL", "ADQL-2.0", "ADQL-2.1"]
    );
    public static readonly TextParameter JobQuery = new("QUERY", "the query, ADQL; may be given before the job begins", int.MaxValue);
    public static readonly IntegerParameter MostRows = new("MAXREC", "most rows; an answer that is cut says so", 0, long.MaxValue);
    public static readonly TextParameter Format = new(
        "RESPONSEFORMAT",
        $"the form of the answer: {string.Join(", ", VoFormat.All.Select(f => f.Names[0]))}, or a media type"
    );

    public static readonly TextParameter Upload = new(
        "UPLOAD",
        "tables that come with the request: name,param:part, a part of a multipart/form-data that holds a VOTable; several with semicolons "
            + "between. The query calls each TAP_UPLOAD.name"
    );

    public static readonly ChoiceParameter Phase = new("PHASE", "only jobs in this phase", Enum.GetNames<JobPhase>());
    public static readonly IntegerParameter Wait = new(
        "WAIT",
        "seconds to wait for another phase, -1 = as long as may be",
        -1,
        int.MaxValue
    );
    public static readonly TextParameter JobIds = new("JOB_IDS", "ids of jobs, with commas between") { IsRequired = true };
    public static readonly TextParameter Tables = new("tables", "only these tables, as a query writes them, with commas between");
    public static readonly BooleanParameter OnlyTables = new("only_tables", "leaves the columns out, as detail=min does");
    public static readonly ChoiceParameter Detail = new("detail", "min leaves the columns out", ["min", "max"]);
}
