using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Abstractions;

/// <summary>
/// An algorithm, described once: its names, its parameters, what it needs and how it runs. Validation, the options of the command line, the
/// schema of the API, the dashboard's form and the tables of the docs are made from it. Immutable, thread-safe, one instance each.
/// </summary>
/// <remarks>
/// Derive from <c>AnomalyAlgorithm&lt;TParameters&gt;</c> or <c>ClusterAlgorithm&lt;TParameters&gt;</c> in a folder of its own, and add
/// the instance to <c>Algorithms.All</c>. The same features, parameters and seed give the same result at any number of threads.
/// </remarks>
public abstract class Algorithm
{
    /// <summary>A run over fewer stars than this says nothing.</summary>
    public const int MinStars = 5;

    private protected Algorithm(RunParameters defaults)
    {
        Defaults = defaults;
        Parameters =
        [
            .. RunParameters
                .Json.GetTypeInfo(defaults.GetType())
                .Properties.OrderBy(p => p.Order)
                .Select(p => (PropertyInfo)p.AttributeProvider!)
                .Select(p => Parameter.Of(p, p.GetValue(defaults))),
        ];
        Seed = Parameters.FirstOrDefault(p => p.IsSeed);
    }

    /// <summary>As stored and in the API, e.g. <c>isolation_forest</c>. Never changes: stored runs have it.</summary>
    public abstract string Name { get; }

    /// <summary>As people write it, e.g. <c>isolation forest</c>.</summary>
    public abstract string Title { get; }

    /// <summary>What it finds, a few words, e.g. <c>unusual stars</c>.</summary>
    public abstract string Finds { get; }

    /// <summary>The paper that it is from.</summary>
    public abstract string Reference { get; }

    /// <summary><c>anomaly</c> or <c>cluster</c>.</summary>
    public abstract string RunType { get; }

    /// <summary>In the order in which they are stored, those last that every algorithm has.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Null where it uses no random numbers.</summary>
    public Parameter? Seed { get; }

    public RunParameters Defaults { get; }

    /// <summary>Whether it is a choice of somebody who looks for something; otherwise its runs are made of others.</summary>
    public virtual bool IsOffered => true;

    /// <summary>Whether it is given features with mean 0 and standard deviation 1, and medians where a star lacks one; otherwise they stay
    /// in
    /// their units, and gaps are NaN.</summary>
    public virtual bool Standardises => true;

    /// <summary>
    /// Whether it looks at all stars at once. Where it does not, the score of a star needs the fitted model alone, and what the model is
    /// fitted to is found in passes over the stars: selections of any size are taken.
    /// </summary>
    public virtual bool NeedsAllStars => true;

    /// <summary>Whether a run can take its stars by tiles, so that what it holds in memory does not grow with the selection.</summary>
    /// <param name="parameters">of this algorithm</param>
    public virtual bool TakesTiles(RunParameters parameters) => !NeedsAllStars;

    /// <summary>What a run holds in memory for each star beside the stars themselves and their features, bytes; measured.</summary>
    /// <param name="parameters">of this algorithm</param>
    /// <param name="features">how many</param>
    public virtual int WorkBytes(RunParameters parameters, int features) => 64;

    /// <summary>What a run that takes its stars by tiles writes of each star into files, beside the stars themselves, their features and
    /// what is said of them; bytes.</summary>
    /// <param name="parameters">of this algorithm</param>
    /// <param name="features">how many</param>
    public virtual int FileBytes(RunParameters parameters, int features) => 0;

    /// <summary>What a stored run means that does not say one of these parameters, because it is older than them.</summary>
    public virtual IReadOnlyDictionary<string, JsonNode?> Before => RunParameters.Before;

    /// <summary>Names of numbers of the stars that it takes into account beside the features, where they are there
    /// (<see cref="FeatureMatrix.Beside"/>).</summary>
    public virtual IReadOnlyList<string> Beside(RunParameters parameters) => [];

    /// <summary>What runs that differ in one parameter alone can share; null = nothing.</summary>
    public virtual SharedWork? Shares => null;

    /// <summary>
    /// On what the dear part of a run depends beside the features: runs whose parameters give equal values share it through
    /// <see cref="AlgorithmCache"/> when one follows the other.
    /// </summary>
    public virtual object WorkOf(RunParameters parameters) => parameters;

    /// <summary>The parameters of a request that names none, as stored.</summary>
    public JsonObject DefaultParameters() => JsonNode.Parse(Defaults.ToJson())!.AsObject();

    /// <summary>
    /// What a key that stored parameters lack means, because it is younger than the run: what was done before. That is the default of a
    /// parameter, but for <c>missing</c> (every run says it since stars can be excluded, and those before filled the gaps) and for what
    /// makes a distance, which any positive parallax did.
    /// </summary>
    public JsonObject StoredDefaults()
    {
        var defaults = DefaultParameters();
        foreach (var (name, value) in Before)
            defaults[name] = value?.DeepClone();
        return defaults;
    }

    /// <summary>Reads parameters as a run stores them; what is left out is as <see cref="StoredDefaults"/> has it.</summary>
    /// <exception cref="ParameterException">one is unknown, of another type or out of range</exception>
    public RunParameters ReadStored(string? json)
    {
        if (string.IsNullOrWhiteSpace(json) || JsonNode.Parse(json) is not JsonObject said)
            said = [];
        Read(json);
        foreach (var (name, value) in Before)
        {
            if (!said.ContainsKey(name))
                said[name] = value?.DeepClone();
        }
        return Read(said.ToJsonString());
    }

    /// <summary>Reads parameters as requested; what is left out has its default.</summary>
    /// <exception cref="ParameterException">one is unknown, of another type or out of range</exception>
    public RunParameters Read(string? json)
    {
        RunParameters parameters;
        try
        {
            var text = string.IsNullOrWhiteSpace(json) ? "{}" : json;
            parameters = (RunParameters?)JsonSerializer.Deserialize(text, Defaults.GetType(), RunParameters.Json) ?? Defaults;
        }
        catch (JsonException e)
        {
            var path = e.Path?.TrimStart('$', '.') ?? "";
            var place = path.Length == 0 ? "" : $" at {path}: no such parameter, or not its type";
            throw new ParameterException(
                path,
                $"the parameters of {Name} cannot be read{place}",
                "Known parameters and their defaults: " + Defaults.ToJson()
            );
        }
        parameters.Validate();
        return parameters;
    }

    /// <summary>Runs it over prepared features.</summary>
    /// <param name="parameters">of this algorithm</param>
    /// <exception cref="DiscoveryException">the parameters or the features cannot be taken; the message says what to do</exception>
    public abstract AlgorithmResult Run(FeatureMatrix features, RunParameters parameters, AlgorithmContext context);

    public override string ToString() => Name;
}
