using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Tests.Storage;

/// <summary>What is in it can only be had by stretches, as copies, as of files; whoever asks for more at once is told.</summary>
internal sealed class PiecewiseRoom(int tile, int stretch) : Room
{
    public override int Tile => tile;

    public override int Stretch => stretch;

    public override Sequence<T> Create<T>(long count) => new Piecewise<T>(this, count);

    private sealed class Piecewise<T>(Room room, long count) : Sequence<T>
        where T : unmanaged
    {
        private readonly Lock _guard = new();
        private T[] _values = new T[count];

        public override long Count => _values.LongLength;

        public override Room Room => room;

        public override Stretch<T> Read(long first, int count)
        {
            var stretch = new Stretch<T>(count);
            _values.AsSpan((int)first, count).CopyTo(stretch.Span);
            return stretch;
        }

        public override Stretch<T> Blank(long first, int count) => new(count);

        public override void Write(long first, ReadOnlySpan<T> values)
        {
            lock (_guard)
            {
                if (first + values.Length > _values.Length)
                    System.Array.Resize(ref _values, (int)first + values.Length);
                values.CopyTo(_values.AsSpan((int)first));
            }
        }
    }
}
