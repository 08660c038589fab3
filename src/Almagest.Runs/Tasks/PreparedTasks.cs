using System.Text;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Portable;

namespace Almagest.Runs.Tasks;

/// <summary>What the preparation of a run leaves to the other tasks.</summary>
/// <param name="Summary">the run's, but for what only all results together say</param>
/// <param name="Pieces">how many tiles there are</param>
/// <param name="Stars">analysed</param>
internal sealed record PreparedTasks(ResultsSummary Summary, PortableFit Fit, int Pieces, int Stars)
{
    /// <summary>Of the tasks of a run: the preparation is 0, then the scores of the tiles, the threshold, the results of the tiles, the
    /// end.</summary>
    public int ScoreOf(int storeNumber) => storeNumber - Pieces - 1;

    public int Threshold => Pieces + 1;

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes, Encoding.UTF8);
        to.Write(Pieces);
        to.Write(Stars);
        to.Write(Summary.ToJson());
        var fit = Fit.ToBytes();
        to.Write(fit.Length);
        to.Write(fit);
        to.Flush();
        return bytes.ToArray();
    }

    public static PreparedTasks Read(byte[] bytes, RunParameters parameters)
    {
        using var from = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var (pieces, stars) = (from.ReadInt32(), from.ReadInt32());
        var summary =
            ResultsSummary.Parse(from.ReadString()) ?? throw new InvalidOperationException("the preparation of the run has no summary");
        return new PreparedTasks(summary, PortableFit.Read(from.ReadBytes(from.ReadInt32()), parameters), pieces, stars);
    }
}

/// <summary>What the results of a tile add up to.</summary>
internal sealed record PieceTally(int Stars, int Flagged, int DrawnStars, long Draws, string[] Drawn, string[] Held);
