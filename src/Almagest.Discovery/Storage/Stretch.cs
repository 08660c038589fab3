using System.Buffers;

namespace Almagest.Discovery.Storage;

/// <summary>Some numbers of a <see cref="Sequence{T}"/>, next to each other. Disposing gives a borrowed buffer back.</summary>
public readonly ref struct Stretch<T>
    where T : unmanaged
{
    private readonly T[]? _borrowed;

    /// <summary>The numbers themselves.</summary>
    public Stretch(Span<T> numbers) => Span = numbers;

    /// <summary>A buffer for so many.</summary>
    public Stretch(int count)
    {
        _borrowed = ArrayPool<T>.Shared.Rent(count);
        Span = _borrowed.AsSpan(0, count);
    }

    public Span<T> Span { get; }

    public void Dispose()
    {
        if (_borrowed is not null)
            ArrayPool<T>.Shared.Return(_borrowed);
    }
}
