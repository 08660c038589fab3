using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Scratch;

/// <summary>Files for numbers that are not to be held in memory.</summary>
public sealed class ScratchRoomTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public void Numbers_come_back_to_the_last_bit_and_a_file_grows_as_it_is_written()
    {
        using var room = new ScratchRoom(1 << 14, 3);
        var numbers = room.Create<double>(0);
        double[] written =
        [
            1.5,
            double.NaN,
            -0.0,
            double.NegativeInfinity,
            BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0001),
            1e-320,
            7,
        ];
        numbers.Write(2, written.AsSpan(2));
        numbers.Write(0, written.AsSpan(0, 2));
        Assert.Equal(7, numbers.Count);
        var read = new List<long>();
        numbers.ForEach((first, part) => read.AddRange(part.ToArray().Select(BitConverter.DoubleToInt64Bits)));
        Assert.Equal(written.Select(BitConverter.DoubleToInt64Bits), read);
        Assert.Throws<InvalidOperationException>(() => numbers.InMemory);
    }

    [Fact]
    public void No_name_of_a_file_is_left_even_while_it_is_used()
    {
        using var room = new ScratchRoom();
        var before = Directory.GetFiles(ScratchRoom.Folder, "almagest-*.tmp").ToHashSet();
        var numbers = room.Create<int>(0);
        numbers.Write(0, [1, 2, 3]);
        Assert.True(OperatingSystem.IsWindows() || Directory.GetFiles(ScratchRoom.Folder, "almagest-*.tmp").All(before.Contains));
    }

    [Fact]
    public void What_would_fill_the_disk_is_refused()
    {
        var error = Assert.Throws<LedgerException>(() => ScratchRoom.Require(1L << 60));
        Assert.Equal(ErrorCode.DiskNearlyFull, error.Code);
    }

    [Fact]
    public void A_folder_for_temporary_files_that_cannot_be_used_is_named_with_what_to_do()
    {
        Assert.Null(TemporaryFolder.Trouble());
        using var folder = TestFolder.Create("scratch");
        Assert.Null(TemporaryFolder.Trouble(folder.Path));
        Assert.Empty(Directory.GetFiles(folder.Path));
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        foreach (var (path, why) in new[] { (file, "is a file"), (file + "s", "is not there") })
        {
            var error = TemporaryFolder.Trouble(path)!;
            Assert.Equal(ErrorCode.TemporaryFolderUnusable, error.Code);
            Assert.Equal($"the folder for temporary files, {path}, {why}", error.Message);
            Assert.Contains("TMPDIR", error.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stars_are_read_into_files_as_into_memory()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("sky", 1000);
        await test.ExecuteAsync("update stars set parallax_mas = star_id, parallax_error_mas = 0.1 where star_id % 3 = 0");
        using var room = new ScratchRoom(1 << 14, 300);
        var loader = new SelectionLoader(test.Ledger);
        string[] further = [StarColumns.ParallaxErrorName];
        var here = await loader.LoadAsync(dataset, StarFilter.All, further, null, CancellationToken);
        var there = await loader.LoadAsync(dataset, StarFilter.All, further, room, null, CancellationToken);
        Assert.False(there.IsInMemory);
        Assert.Equal(here.Count, there.Count);
        var read = new List<long>();
        there.Ids.ForEach((_, part) => read.AddRange(part.ToArray()));
        Assert.Equal(here.StarId, read);
        var rule = new DistanceRule(5, false);
        Assert.Equal(
            CompleteStars.Of(here, FeatureRecipes.Get("astrometric"), rule).Excluded.Select(e => (e.Reason, e.Count)),
            CompleteStars.Of(there, FeatureRecipes.Get("astrometric"), rule).Excluded.Select(e => (e.Reason, e.Count))
        );
    }
}
