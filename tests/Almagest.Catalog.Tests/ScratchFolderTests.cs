using Almagest.Catalog.Files;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Folders for files that nobody needs for long.</summary>
public sealed class ScratchFolderTests
{
    [Fact]
    public void A_folder_goes_with_its_owner()
    {
        string path;
        using (var folder = ScratchFolder.Create())
        {
            path = folder.Path;
            File.WriteAllText(Path.Combine(path, "half.csv"), "id,ra");
        }
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void What_a_killed_program_left_is_removed_and_what_is_in_use_stays()
    {
        var left = Directory.CreateTempSubdirectory("almagest-scratch-").FullName;
        File.WriteAllText(Path.Combine(left, "half.csv"), "id,ra");
        // The lock's file stays, and nobody holds it any more.
        File.WriteAllText(Path.Combine(left, ".in-use"), "");
        var unfinished = Directory.CreateTempSubdirectory("almagest-scratch-").FullName;
        try
        {
            using var used = ScratchFolder.Create();
            ScratchFolder.RemoveAbandoned();
            Assert.False(Directory.Exists(left));
            Assert.True(Directory.Exists(used.Path));
            Assert.True(Directory.Exists(unfinished));
        }
        finally
        {
            Directory.Delete(unfinished);
        }
    }

    /// <summary>Each looks for what is abandoned, and none takes what another has just made.</summary>
    [Fact]
    public async Task Folders_that_are_made_at_the_same_time_stay()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 100; i++)
                        {
                            using var folder = ScratchFolder.Create();
                            File.WriteAllText(Path.Combine(folder.Path, "upload"), "id,ra");
                        }
                    })
                )
        );
    }
}
