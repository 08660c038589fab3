namespace Almagest.Discovery.Storage;

/// <summary>Where the numbers of many stars are kept while they are worked on: in memory, or in files. It changes no result.</summary>
public abstract class Room
{
    /// <summary>As arrays.</summary>
    public static Room Memory { get; } = new MemoryRoom();

    /// <summary>How many stars are in memory at a time; a multiple of <c>FeaturePipeline.BlockRows</c>.</summary>
    public abstract int Tile { get; }

    /// <summary>How many numbers one look takes.</summary>
    public abstract int Stretch { get; }

    /// <summary>Numbers that are to be written before they are read.</summary>
    /// <param name="count">0 of a file = it grows as it is written</param>
    public abstract Sequence<T> Create<T>(long count)
        where T : unmanaged;

    private sealed class MemoryRoom : Room
    {
        public override int Tile => int.MaxValue;

        public override int Stretch => int.MaxValue;

        public override Sequence<T> Create<T>(long count) => new ArraySequence<T>(new T[count]);
    }
}
