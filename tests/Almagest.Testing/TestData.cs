namespace Almagest.Testing;

/// <summary>
/// The real catalogues that some tests read: in the folder that <c>ALMAGEST_TEST_DATA</c> names, else in <c>shared/data</c>
/// in or beside any folder above the tests.
/// </summary>
public static class TestData
{
    /// <summary>What a test that needs the folder says when it is skipped.</summary>
    public const string Missing = "The folder shared/data with the real catalogues is not here; ALMAGEST_TEST_DATA can name it.";

    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Folder { get; } = FindFolder();

    /// <summary>The full path of a file such as <c>gaia-100pc.csv</c> or <c>formats/x.ecsv</c>, or null where it is absent.</summary>
    public static string? Find(string file)
    {
        var path = Folder is null ? null : Path.Combine(Folder, file);
        return File.Exists(path) ? path : null;
    }

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? Path.GetFullPath(named) : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }

        return null;
    }
}
