using Almagest.Ledger.Views.StarFrequency;
using Almagest.Contract.Serialization;
using System.Globalization;
using System.Text.Json.Serialization;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Results;

namespace Almagest.Server.Datasets;

/// <summary>One loaded catalogue.</summary>
/// <param name="Source">where it came from: one object a file</param>
/// <param name="Checksum">SHA-256 of the file's bytes; of several files: of their checksums</param>
/// <param name="ColumnMapping">our column to the source's column, as it was applied</param>
/// <param name="StarCount">stars loaded</param>
/// <param name="RejectedCount">rows that could not be loaded</param>
/// <param name="ReferenceEpoch">Julian year for which every position holds; null where it is not known or differs from star to star</param>
public record DatasetBody(
    long DatasetId, string Name, RawJson Source, string Checksum, RawJson ColumnMapping, long StarCount, long RejectedCount, double? ReferenceEpoch, DateTime CreatedAt)
{
    internal static DatasetBody From(Dataset d) =>
        new(d.DatasetId, d.Name, new RawJson(d.Source), d.Checksum, new RawJson(d.ColumnMapping), d.StarCount, d.RejectedCount, d.ReferenceEpoch, d.CreatedAt);
}

/// <summary>One loaded catalogue, with the first of the rows that could not be loaded.</summary>
public sealed record DatasetDetailBody : DatasetBody
{
    internal DatasetDetailBody(Dataset dataset, IEnumerable<RejectedRow> rejected) : base(From(dataset)) =>
        RejectedRows = rejected.Select(RejectedRowBody.From).ToList();

    /// <summary>The first of the rows that could not be loaded, and why; at most 100.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<RejectedRowBody> RejectedRows { get; }
}

/// <summary>What a load did.</summary>
/// <param name="AlreadyLoaded">the same bytes are in the ledger already, as this dataset: nothing was stored</param>
/// <param name="Mapping">one line per star field: what it was read from</param>
/// <param name="RejectedRows">the first of the rows that could not be loaded; at most 100</param>
/// <param name="Notes">remarks of the reader</param>
/// <param name="ElapsedMs">how long it took, ms</param>
public sealed record IngestBody(
    DatasetBody Dataset, bool AlreadyLoaded, long Rows, long Rejected, IReadOnlyList<RejectedRowBody> RejectedRows,
    IReadOnlyList<string> Mapping, IReadOnlyList<string> Notes, double ElapsedMs)
{
    internal static IngestBody From(IngestReport r) => new(
        DatasetBody.From(r.Dataset), r.AlreadyLoaded, r.Rows, r.Rejected, r.RejectedRows.Take(100).Select(RejectedRowBody.From).ToList(), r.Mapping, r.Notes, r.ElapsedMs);
}

/// <summary>A row of a catalogue file that could not be loaded.</summary>
/// <param name="LineNumber">line of the file on which the row starts, from 1</param>
/// <param name="Field">the column that was wrong</param>
/// <param name="Value">what was found there</param>
public sealed record RejectedRowBody(int Ordinal, string File, long LineNumber, string Field, string Reason, string? Value)
{
    internal static RejectedRowBody From(RejectedRow r) => new(r.Ordinal, r.File, r.LineNumber, r.Field, r.Reason, r.Value);
}

/// <summary>One star as its catalogue has it; null = the catalogue has no value.</summary>
/// <param name="StarId">Almagest's own id</param>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="RaDeg">ICRS right ascension, degrees, [0, 360)</param>
/// <param name="DecDeg">ICRS declination, degrees, [-90, 90]</param>
/// <param name="ParallaxMas">parallax, mas</param>
/// <param name="ParallaxErrorMas">its standard error, mas</param>
/// <param name="PmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">proper motion in declination, mas/yr</param>
/// <param name="Magnitude">magnitude in the dataset's main band</param>
/// <param name="Color">colour index, mag</param>
/// <param name="RadialVelocityKmS">radial velocity, km/s</param>
/// <param name="Ruwe">Gaia's renormalised unit weight error</param>
/// <param name="Healpix29">HEALPix cell, nested, order 29; text, for 19 digits do not fit a double</param>
/// <param name="Extra">the other columns of the source table; null where there are none</param>
public record StarBody(
    long StarId, long DatasetId, string SourceId, double RaDeg, double DecDeg, double? ParallaxMas, double? ParallaxErrorMas, double? PmraMasYr,
    double? PmdecMasYr, double? Magnitude, double? Color, double? RadialVelocityKmS, double? Ruwe,
    [property: JsonPropertyName("healpix_29")] string Healpix29, RawJson? Extra)
{
    internal static StarBody From(Star s) => new(
        s.StarId, s.DatasetId, s.SourceId, s.RaDeg, s.DecDeg, s.ParallaxMas, s.ParallaxErrorMas, s.PmraMasYr, s.PmdecMasYr, s.Magnitude, s.Color,
        s.RadialVelocityKmS, s.Ruwe, s.Healpix29.ToString(CultureInfo.InvariantCulture), RawJson.From(s.Extra));
}

/// <summary>A page of a dataset's stars in order of star_id.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
public sealed record StarPageBody(IReadOnlyList<StarBody> Items, long? Next);

/// <summary>What is known of a star from elsewhere.</summary>
/// <param name="LabelSet">which set of labels</param>
/// <param name="IsAnomaly">1 = really unusual, 0 = really ordinary, null = not said</param>
/// <param name="Kind">what kind of object it is</param>
/// <param name="Cluster">the cluster it belongs to; null = none, or not said</param>
/// <param name="Remark">whatever else was said; null = nothing</param>
/// <param name="LabelledBy">who said so; null where that was not said</param>
public sealed record StarLabelBody(string LabelSet, int? IsAnomaly, string? Kind, string? Cluster, string? Remark, string? LabelledBy, DateTime LabelledAt)
{
    internal static StarLabelBody From(StarLabel l) => new(l.LabelSet, l.IsAnomaly, l.Kind, l.Cluster, l.Remark, l.LabelledBy, l.LabelledAt);
}

/// <summary>What one complete run says of a star.</summary>
/// <param name="IsAnomaly">1 = flagged; 0 throughout a cluster run</param>
/// <param name="AnomalyScore">negative = anomalous; null in a cluster run</param>
/// <param name="ClusterId">number of its cluster from 0, -1 = noise; null in an anomaly run</param>
public sealed record StarHistoryBody(
    Guid RunId, string RunType, string Algorithm, DateTime CreatedAt, int IsAnomaly, double? AnomalyScore, int? ClusterId)
{
    internal static StarHistoryBody From(StarHistoryEntry h) => new(h.RunId, h.RunType, h.Algorithm, h.CreatedAt, h.IsAnomaly, h.AnomalyScore, h.ClusterId);
}

/// <summary>Everything the ledger knows of one star: the catalogue's row, and what was found.</summary>
public sealed record StarDetailBody : StarBody
{
    internal StarDetailBody(Star star) : base(From(star))
    {
    }

    /// <summary>Name of its dataset.</summary>
    [JsonPropertyOrder(1)]
    public required string Dataset { get; init; }

    /// <summary>What is known of it from elsewhere.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<StarLabelBody> Labels { get; init; }

    /// <summary>How often it is flagged; null where no complete anomaly run analysed it.</summary>
    [JsonPropertyOrder(3)]
    public required StarFrequencyRow? Frequency { get; init; }

    /// <summary>What complete runs say of it, newest first, at most 1000.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<StarHistoryBody> History { get; init; }
}
