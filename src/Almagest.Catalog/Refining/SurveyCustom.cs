namespace Almagest.Catalog.Refining;

/// <summary>What a survey writes for a missing value, where its documentation says so and its columns are known by their names.</summary>
/// <param name="Survey">its name</param>
/// <param name="Numbers">the values that stand for missing ones</param>
/// <param name="Shown">the same for people</param>
internal sealed record SurveyCustom(string Survey, IReadOnlyList<double> Numbers, string Shown)
{
    /// <summary>Pan-STARRS1 (Flewelling et al. 2020, ApJS 251, 7): -999 in every column of a measurement.</summary>
    private static readonly SurveyCustom s_panStarrs = new("Pan-STARRS1", [-999], "-999");

    /// <summary>SDSS: -9999 for what was not measured (https://www.sdss.org/dr17/help/faq).</summary>
    private static readonly SurveyCustom s_sdss = new("SDSS", [-9999], "-9999");

    /// <summary>LAMOST: -9999 for parameters that were not determined.</summary>
    private static readonly SurveyCustom s_lamost = new("LAMOST", [-9999], "-9999");

    /// <summary>The archives of WFCAM and VISTA (Cross et al. 2012, A&amp;A 548, A119): their default values.</summary>
    private static readonly SurveyCustom s_wfau = new("The archive of VISTA and WFCAM", [-0.9999995e9, -99999999], "-9.999995e8");

    /// <summary>Null where the columns are those of no survey whose custom is known.</summary>
    public static SurveyCustom? Of(IReadOnlyList<CatalogColumn> columns)
    {
        var names = columns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        bool Ending(string end) => names.Any(n => n.EndsWith(end, StringComparison.OrdinalIgnoreCase));
        if (
            (names.Contains("raMean") && names.Contains("decMean"))
            || (names.Contains("raStack") && names.Contains("decStack"))
            || Ending("MeanPSFMag")
        )
            return s_panStarrs;
        if (names.Contains("psfMag_r") || names.Contains("modelMag_r") || (names.Contains("camcol") && names.Contains("rerun")))
            return s_sdss;
        if (names.Contains("lmjd") && names.Contains("planid") && names.Contains("spid"))
            return s_lamost;
        return Ending("AperMag3") && (names.Contains("sourceID") || names.Contains("framesetID")) ? s_wfau : null;
    }

    /// <summary>All but the identifier.</summary>
    public static bool Covers(CatalogColumn column) => !column.Name.Equals("objID", StringComparison.OrdinalIgnoreCase);
}
