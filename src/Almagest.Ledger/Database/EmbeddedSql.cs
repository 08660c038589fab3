namespace Almagest.Ledger.Database;

/// <summary>SQL kept in files of its own, embedded in the assembly.</summary>
internal static class EmbeddedSql
{
    /// <param name="name">path below the project with dots, e.g. <c>Views.Timeline.definition.sql</c></param>
    public static string Read(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the program was built without its SQL file {name}");

    /// <summary>The same; null where there is no such file.</summary>
    public static string? Find(string name)
    {
        using var stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream($"Almagest.Ledger.{name}");
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
