namespace Almagest.Ledger.Database;

/// <summary>SQL kept in files of its own, embedded in the assembly.</summary>
internal static class EmbeddedSql
{
    /// <param name="name">path below the project with dots, e.g. <c>Views.Definitions.mv_discovery_timeline.sql</c></param>
    public static string Read(string name)
    {
        var assembly = typeof(EmbeddedSql).Assembly;
        using var stream = assembly.GetManifestResourceStream($"Almagest.Ledger.{name}")
            ?? throw new InvalidOperationException($"the program was built without its SQL file {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
