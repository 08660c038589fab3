namespace Almagest.Catalog.Input;

/// <summary>The formats of catalogues that can be read, in the words of help, pages and refusals.</summary>
public static class ReadableFormats
{
    public const string Words =
        "CSV, TSV or another delimited text with a header line, VizieR TSV, ECSV, VOTable, FITS table, Parquet, HATS, CDS/MRT with its "
        + "ReadMe, IPAC; gzipped or not";
}
