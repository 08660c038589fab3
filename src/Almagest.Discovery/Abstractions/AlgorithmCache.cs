using Almagest.Discovery.Features;

namespace Almagest.Discovery.Abstractions;

/// <summary>The latest thing that an algorithm built and may use again over the same features. Not for several threads at once.</summary>
public sealed class AlgorithmCache
{
    private FeatureMatrix? _features;
    private object? _key,
        _value;

    /// <summary>How many things had to be built.</summary>
    public int Built { get; private set; }

    /// <summary>What was built last, where features and key are the same; otherwise it is built, and takes the other's place.</summary>
    /// <param name="by">what it depends on beside the features; compared by value</param>
    public T Get<T>(FeatureMatrix of, object by, Func<T> build)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(build);
        if (_value is T known && ReferenceEquals(of, _features) && Equals(_key, by))
            return known;
        // Two of them may not fit into memory.
        Forget();
        var built = build();
        (_features, _key, _value) = (of, by, built);
        Built++;
        return built;
    }

    /// <summary>Lets go of what is kept.</summary>
    public void Forget() => (_features, _key, _value) = (null, null, null);
}
