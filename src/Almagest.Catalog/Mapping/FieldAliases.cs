namespace Almagest.Catalog.Mapping;

/// <summary>
/// The column names under which catalogues publish each field, best first; compared without regard to case. From the data models of
/// Gaia DR2 and DR3, Hipparcos and Tycho (I/239, I/259, I/311), VizieR's computed columns, SIMBAD, and common habits.
/// </summary>
internal static class FieldAliases
{
    /// <summary>Right ascension and declination belong together: of one system, at one epoch.</summary>
    public static readonly (string Ra, string Dec)[] Positions =
    [
        ("ra_deg", "dec_deg"),
        ("ra", "dec"),
        ("RA_ICRS", "DE_ICRS"),
        ("RAICRS", "DEICRS"),
        ("RAdeg", "DEdeg"),
        ("RA(ICRS)", "DE(ICRS)"),
        ("RA(J2000)", "DE(J2000)"),
        ("ra_icrs", "dec_icrs"),
        ("RAJ2000", "DEJ2000"),
        ("raj2000", "decj2000"),
        ("ra_j2000", "dec_j2000"),
        ("ra2000", "dec2000"),
        ("ra2000", "de2000"),
        ("_RA.icrs", "_DE.icrs"),
        ("_RA_icrs", "_DE_icrs"),
        ("_RA", "_DE"),
        ("_RAJ2000", "_DEJ2000"),
        ("ra_epoch2000", "dec_epoch2000"),
        ("s_ra", "s_dec"),
        ("target_ra", "target_dec"),
        ("right_ascension", "declination"),
        ("rightascension", "declination"),
        ("alpha", "delta"),
        ("alpha_j2000", "delta_j2000"),
        ("ra (deg)", "dec (deg)"),
        ("RA[deg]", "Dec[deg]"),
        ("ra_d", "dec_d"),
        ("sky.ra", "sky.dec"),
        ("coord.ra", "coord.dec"),
        ("ra", "de"),
        ("ra", "decl"),
        // Surveys: Pan-STARRS1, DES and SExtractor, ZTF, HSC, LSST, KIC, GALAH, VISTA and UKIDSS, USNO-B, UCAC, APASS, SDSS, TIC.
        ("raMean", "decMean"),
        ("RaStack", "DecStack"),
        ("coord_ra", "coord_dec"),
        ("ALPHAWIN_J2000", "DELTAWIN_J2000"),
        ("ALPHAPEAK_J2000", "DELTAPEAK_J2000"),
        ("ALPHAPSF_J2000", "DELTAPSF_J2000"),
        ("ALPHAWIN_SKY", "DELTAWIN_SKY"),
        ("ALPHA_SKY", "DELTA_SKY"),
        ("meanra", "meandec"),
        ("MatchRA", "MatchDec"),
        ("degree_ra", "dec"),
        ("degree_ra", "degree_dec"),
        ("ra2000", "decl2000"),
        ("raj2000_deg", "dej2000_deg"),
        ("ra_dr2", "dec_dr2"),
        ("raj2", "decj2"),
        ("input_ra", "input_dec"),
        ("ra_input", "dec_input"),
        ("RAmdeg", "DEmdeg"),
        ("ra_obs", "dec_obs"),
        ("obsra", "obsdec"),
        ("plug_ra", "plug_dec"),
        ("k2_ra", "k2_dec"),
        ("kic_ra", "kic_dec"),
        ("tic_ra", "tic_dec"),
        ("ra_orig", "dec_orig"),
        ("radeg", "decdeg"),
        ("ra_gaia", "dec_gaia"),
        ("ra_x", "dec_x"),
        ("ra_1", "dec_1"),
        ("gaia_ra", "gaia_dec"),
        ("ra_deg_j2000", "dec_deg_j2000"),
        ("RA_CORR", "DEC_CORR"),
        ("ra_pm", "dec_pm"),
        ("mean_ra", "mean_dec"),
        ("ra_mean", "dec_mean"),
        ("RA_TARG", "DEC_TARG"),
        ("RA_OBJ", "DEC_OBJ"),
        ("RAhours", "DEdeg"),
        ("ra_hours", "dec_deg"),
        ("ra_hours", "dec_degrees"),
        ("ra_hours", "dec"),
        ("ra_hour", "dec"),
        ("ra_hr", "dec"),
        ("ra_hr", "dec_deg"),
        ("ra_h", "dec_deg"),
        ("ra_h", "dec_d"),
        ("ra_h", "dec"),
        ("RAh", "DEd"),
        ("RAh", "DEdeg"),
        ("RAh", "dec"),
        ("RAh", "de"),
        ("ra_degrees", "dec_degrees"),
        ("ra_rad", "dec_rad"),
        ("ra_radians", "dec_radians"),
        ("rarad", "decrad"),
        ("RA (J2000)", "Dec (J2000)"),
        ("RA(J2000)", "Dec(J2000)"),
        ("RA (J2000)", "DE (J2000)"),
        ("RA_J2000", "DE_J2000"),
        ("R.A.", "Decl."),
        ("R.A.", "Dec."),
        ("RAhms", "DEdms"),
        ("ra_hms", "dec_dms"),
        ("source_ra", "source_dec"),
        ("object_ra", "object_dec"),
        ("objra", "objdec"),
        ("obj_ra", "obj_dec"),
        // Older systems last: they are converted.
        ("_RAB1950", "_DEB1950"),
        ("RAB1950", "DEB1950"),
        ("RA1950", "DE1950"),
        ("ra_b1950", "dec_b1950"),
        ("ra1950", "dec1950"),
        ("RA1900", "DE1900"),
        ("RAB1900", "DEB1900"),
    ];

    /// <summary>Stands in a list of names for the columns whose UCD says that they hold the field; at its end where it is not
    /// written.</summary>
    public const string MainUcd = "\0ucd";

    public static readonly Dictionary<string, string[]> ByField = new(
        FurtherField.All.Select(f => KeyValuePair.Create(f.Name, f.Names)),
        StringComparer.Ordinal
    )
    {
        [StarField.SourceId] =
        [
            "source_id",
            "Source",
            "GaiaDR3",
            "gaia_dr3",
            "gaia_dr3_source_id",
            "dr3_source_id",
            "gaia_source_id",
            "GaiaEDR3",
            "Gaia_EDR3_Source_ID",
            "edr3_source_id",
            "GaiaDR2",
            "gaia_dr2",
            "gaia_dr2_source_id",
            "dr2_source_id",
            "gaia_id",
            "objID",
            "diaObjectId",
            "COADD_OBJECT_ID",
            "object_id",
            "MatchID",
            "kepid",
            "KIC",
            "EPIC",
            "epic_number",
            "k2_id",
            "TIC",
            "sobject_id",
            "rave_obs_id",
            "RAVE_OBS_ID",
            "IAUNAME",
            "DETUID",
            "ticid",
            "UCAC4",
            "UCAC2",
            "UCAC5",
            "USNO-B1.0",
            "USNOB1",
            "HIP",
            "TYC",
            "tyc",
            "tycho2_id",
            "2MASS",
            "_2MASS",
            "designation",
            "DR3Name",
            "EDR3Name",
            "DR2Name",
            MainUcd,
            "main_id",
            "oid",
            "obsid",
            "source_name",
            "cntr",
            "SOURCEID",
            "recid",
            "star_id",
            "starid",
            "obj_id",
            "objectId",
            "id",
            "NUMBER",
            "identifier",
            "HD",
            "HR",
            "recno",
            "_recno",
            "row",
            "name",
        ],
        [StarField.ParallaxMas] =
        [
            "parallax_mas",
            "parallax",
            "Plx",
            "plx_mas",
            "plx_value",
            "parallax (mas)",
            "par",
            "trig_parallax",
            "plx_gaia",
        ],
        [StarField.ParallaxErrorMas] =
        [
            "parallax_error_mas",
            "parallax_error",
            "e_Plx",
            "e_parallax",
            "plx_error",
            "plx_err",
            "PlxErr",
            "parallax_err",
            "plx_err_value",
            "sigma_parallax",
        ],
        [StarField.PmraMasYr] =
        [
            "pmra_mas_yr",
            "pmra",
            "pm_ra",
            "pmra_cosdec",
            "pm_ra_cosdec",
            "pmracosdec",
            "pmRA*",
            "mua",
            "mu_ra",
            "mu_alpha",
            "mu_alpha_star",
            "pm_ra_cosd",
            "pmra_cosd",
            "pmrac",
            "pmRA_cosDE",
        ],
        [StarField.PmdecMasYr] = ["pmdec_mas_yr", "pmdec", "pmDE", "pm_dec", "pm_de", "mud", "mu_dec", "mu_delta"],
        [StarField.Magnitude] =
        [
            "magnitude",
            "phot_g_mean_mag",
            "Gmag",
            "g_mean_mag",
            "Vmag",
            "Hpmag",
            "VTmag",
            "phot_v_mag",
            "v_mag",
            "mag_v",
            "mag_vt",
            "mag",
            "gaia_g",
            "rMeanPSFMag",
            "gMeanPSFMag",
            "iMeanPSFMag",
            "MAG_AUTO",
            "MAG_AUTO_R",
            "MAG_AUTO_G",
            "WAVG_MAG_PSF_R",
            "medianmag",
            "meanmag",
            "kepmag",
            "Kpmag",
            "kp",
            "Tmag",
            "psfMag_r",
            "modelMag_r",
            "f.mag",
            "fmag",
            "R2mag",
            "vtmag",
            "j_m",
            "w1mpro",
            "w1mpro_pm",
            "KsAperMag3",
            "ksmag",
            "g_mag",
            "mag_g",
            "Gaia_G",
            "Hp",
            "G",
            "V",
            "BTmag",
            "Bmag",
            "Jmag",
            "Kmag",
        ],
        [StarField.Color] =
        [
            "color",
            "colour",
            "bp_rp",
            "BP-RP",
            "BpRp",
            "bp-rp",
            "B-V",
            "b_v",
            "bv",
            "BT-VT",
            "V-I",
            "v_i",
            "color_index",
            "ci",
        ],
        [StarField.RadialVelocityKmS] =
        [
            "radial_velocity_km_s",
            "radial_velocity",
            "dr2_radial_velocity",
            "RV",
            "RVel",
            "HRV",
            "RadVel",
            "rv_value",
            "rvz_radvel",
            "rv_galah",
            "rv_obst",
            "hrv_sparv",
            "rv_kms",
        ],
        [StarField.Ruwe] = ["ruwe"],
        [StarField.Epoch] = ["ref_epoch", "reference_epoch", "RefEpoch", "EpRA1990", "epoch"],
        [StarField.LabelOutlier] = ["label_outlier"],
        [StarField.LabelKind] = ["label_kind"],
        [StarField.LabelCluster] = ["label_cluster"],
    };

    /// <summary>Names of identifiers that may as well be those of a class or a flag: taken where each row of a small file has another text,
    /// and nothing else is an identifier.</summary>
    public static readonly string[] NamesIfUnique = ["star", "star_name", "object", "object_name", "objname", "target", "target_name"];

    /// <summary>Names that a table gives to its own identifiers, not to those of another catalogue.</summary>
    public static bool IsOwnIdentifier(string name) =>
        name.ToLowerInvariant()
            is "source_id"
                or "source"
                or "id"
                or "star_id"
                or "starid"
                or "objid"
                or "object_id"
                or "designation"
                or "main_id";

    /// <summary>A colour computed where the table has none: the blue and red magnitudes.</summary>
    public static readonly (string Blue, string Red)[] ColorPairs =
    [
        ("phot_bp_mean_mag", "phot_rp_mean_mag"),
        ("BPmag", "RPmag"),
        ("Bmag", "Vmag"),
        ("BTmag", "VTmag"),
    ];

    public static readonly string[] ParallaxOverError =
    [
        "parallax_over_error",
        "RPlx",
        "Plx/e_Plx",
        "parallax/parallax_error",
        "plx_over_error",
    ];

    /// <summary>The field whose error a field is; null where it is none.</summary>
    public static string? ErrorOf(string field) =>
        field == StarField.ParallaxErrorMas ? StarField.ParallaxMas : FurtherField.All.FirstOrDefault(f => f.Name == field)?.Of;

    /// <summary>What the error of a column of that name is called.</summary>
    public static string[] ErrorNames(string column) =>
        [$"{column}_error", $"e_{column}", $"{column}_err", $"{column}err", $"err_{column}", $"sigma_{column}"];

    /// <summary>Does a unified content descriptor (UCD1+, or UCD1 of older files) say that a column holds the field?</summary>
    public static bool UcdMatches(string field, string ucd)
    {
        var u = ucd.ToLowerInvariant();
        var error =
            u.Contains("stat.", StringComparison.Ordinal)
            || u.Contains("arith.", StringComparison.Ordinal)
            || u.StartsWith("error", StringComparison.Ordinal);
        if (error)
            return false;
        return field switch
        {
            StarField.SourceId => u is "meta.id;meta.main" or "id_main",
            StarField.RaDeg => u is "pos.eq.ra;meta.main" or "pos_eq_ra_main" or "pos.eq.ra",
            StarField.DecDeg => u is "pos.eq.dec;meta.main" or "pos_eq_dec_main" or "pos.eq.dec",
            StarField.ParallaxMas => u is "pos.parallax" or "pos.parallax.trig" or "pos_parlx_trig"
                || u.StartsWith("pos.parallax.trig;", StringComparison.Ordinal),
            StarField.PmraMasYr => u is "pos.pm;pos.eq.ra" or "pos_eq_pmra",
            StarField.PmdecMasYr => u is "pos.pm;pos.eq.dec" or "pos_eq_pmdec",
            StarField.Magnitude => u.StartsWith("phot.mag;em.opt", StringComparison.Ordinal)
                || u.StartsWith("phot_gaia_g", StringComparison.Ordinal)
                || u is "phot_johnson_v",
            StarField.Color => u == "phot.color" || u.StartsWith("phot.color;", StringComparison.Ordinal),
            StarField.RadialVelocityKmS => u.StartsWith("spect.dopplerveloc", StringComparison.Ordinal)
                || u is "phys.veloc;pos.heliocentric" or "veloc_hc",
            StarField.Epoch => u is "time.epoch" or "meta.ref;time.epoch" or "time_epoch",
            _ => false,
        };
    }

    /// <summary>Galactic longitude and latitude; only where a table has no equatorial position.</summary>
    public static readonly (string Longitude, string Latitude)[] GalacticPositions =
    [
        ("GLON", "GLAT"),
        ("l", "b"),
        ("gal_l", "gal_b"),
        ("gal_lon", "gal_lat"),
        ("galactic_l", "galactic_b"),
        ("lII", "bII"),
        ("l_deg", "b_deg"),
        ("galLon", "galLat"),
    ];

    /// <summary>Proper motions along Galactic longitude (times the cosine of the latitude) and latitude.</summary>
    public static readonly (string Longitude, string Latitude)[] GalacticMotions =
    [
        ("pml", "pmb"),
        ("pm_l", "pm_b"),
        ("pml_cosb", "pmb"),
        ("pm_l_cosb", "pm_b"),
        ("pml_poleski", "pmb_poleski"),
        ("pmGLON", "pmGLAT"),
        ("mul", "mub"),
        ("mu_l", "mu_b"),
        ("mu_l_cosb", "mu_b"),
    ];

    /// <summary>Hours, minutes and seconds, sign, degrees, minutes and seconds in columns of their own, as the tables of the CDS have
    /// them.</summary>
    public static readonly (string[] Ra, string[] Dec)[] Components =
    [
        (["RAh", "RAm", "RAs"], ["DE-", "DEd", "DEm", "DEs"]),
        (["RAh", "RAm", "RAs"], ["DE-", "DEd", "DEm"]),
        (["RAh", "RAm"], ["DE-", "DEd", "DEm"]),
        (["RA1h", "RA1m", "RA1s"], ["DE1-", "DE1d", "DE1m", "DE1s"]),
        (["ra_h", "ra_m", "ra_s"], ["de_sign", "de_d", "de_m", "de_s"]),
        (["ra_h", "ra_m", "ra_s"], ["dec_sign", "dec_d", "dec_m", "dec_s"]),
        (["rah", "ram", "ras"], ["dec-", "decd", "decm", "decs"]),
    ];

    /// <summary>The same without a column of the sign, which stands before the degrees then.</summary>
    public static readonly (string[] Ra, string[] Dec)[] UnsignedComponents =
    [
        (["RAh", "RAm", "RAs"], ["DEd", "DEm", "DEs"]),
        (["RAh", "RAm", "RAs"], ["DEd", "DEm"]),
        (["RAh", "RAm"], ["DEd", "DEm"]),
        (["RAh", "RAm", "RAs"], ["decd", "decm", "decs"]),
        (["ra_h", "ra_m", "ra_s"], ["de_d", "de_m", "de_s"]),
        (["ra_h", "ra_m", "ra_s"], ["dec_d", "dec_m", "dec_s"]),
        (["ra_hour", "ra_min", "ra_sec"], ["dec_deg", "dec_min", "dec_sec"]),
        (["rahour", "ramin", "rasec"], ["decdeg", "decmin", "decsec"]),
    ];

    public static bool IsGalactic(string? ucd, bool latitude) =>
        ucd is not null
        && (
            ucd.StartsWith(latitude ? "pos.galactic.lat" : "pos.galactic.lon", StringComparison.OrdinalIgnoreCase)
            || ucd.Equals(latitude ? "POS_GAL_LAT" : "POS_GAL_LON", StringComparison.OrdinalIgnoreCase)
        );
}
