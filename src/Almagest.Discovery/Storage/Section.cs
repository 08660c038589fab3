namespace Almagest.Discovery.Storage;

/// <summary>Numbers of another sequence that are next to each other.</summary>
internal sealed class Section<T>(Sequence<T> of, long start, long count) : Sequence<T>
    where T : unmanaged
{
    public override long Count => count;

    public override Room Room => of.Room;

    public override Stretch<T> Read(long first, int number) => of.Read(start + first, number);

    public override Stretch<T> Blank(long first, int number) => of.Blank(start + first, number);

    public override void Write(long first, ReadOnlySpan<T> values) => of.Write(start + first, values);
}
