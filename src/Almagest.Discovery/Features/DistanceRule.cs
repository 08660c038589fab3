using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>
/// Which stars have a distance: those whose parallax is measured well enough to divide by. 1 / parallax of a star below a
/// signal-to-noise of 5 is biased and has no useful error (Lutz and Kelker 1973, Bailer-Jones 2015); near 0 it is anything.
/// </summary>
/// <param name="MinParallaxOverError">the least parallax over its error; null = any parallax of at least
/// <see cref="MinParallaxMas"/>, whatever its error, as of runs stored before there was a rule</param>
/// <param name="WithoutErrors">whether a positive parallax is a distance where its error is not known</param>
/// <remarks>The database counts by the same rule (<c>DistanceSql</c>); a test compares the two.</remarks>
public sealed record DistanceRule(double? MinParallaxOverError, bool WithoutErrors)
{
    public const double UsualMinParallaxOverError = 5;

    /// <summary>The smallest parallax that is ever taken for a distance, mas: a megaparsec, far below any measuring error.</summary>
    public const double MinParallaxMas = 0.001;

    /// <summary>What is not above it is no error that anything was measured with, and counts as not known: 0, negative, a fill
    /// value.</summary>
    public const double LeastErrorMas = 1e-100;

    /// <summary>Of a run that says nothing.</summary>
    public static DistanceRule Usual { get; } = new(UsualMinParallaxOverError, false);

    /// <summary>Of runs stored before there was a rule.</summary>
    public static DistanceRule AnyParallax { get; } = new(null, true);

    /// <summary>Whether the parallax is a distance.</summary>
    /// <param name="parallax">mas; NaN = not known</param>
    /// <param name="error">mas; NaN = not known</param>
    public bool Holds(double parallax, double error) =>
        Math.Abs(parallax) <= FeaturePipeline.MaxMagnitude && LackOf(parallax, error) == DistanceLack.None;

    /// <summary>What a star with a known parallax lacks for a distance.</summary>
    internal DistanceLack LackOf(double parallax, double error)
    {
        if (MinParallaxOverError is { } least)
        {
            if (error >= LeastErrorMas)
            {
                if (!(error <= FeaturePipeline.MaxMagnitude && parallax / error >= least))
                    return DistanceLack.Precision;
            }
            else if (!WithoutErrors)
                return DistanceLack.Error;
        }
        return parallax >= MinParallaxMas ? DistanceLack.None : DistanceLack.Sign;
    }

    /// <summary>The rule in words that follow a number of stars.</summary>
    public string Words =>
        MinParallaxOverError is { } least
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"at least {least} times its error{(WithoutErrors ? ", or of unknown error" : "")}"
            )
            : string.Create(CultureInfo.InvariantCulture, $"at least {MinParallaxMas} mas");

    /// <summary>As the reason of an exclusion.</summary>
    internal string Reason(DistanceLack lack) =>
        lack switch
        {
            DistanceLack.Error => "no parallax_error",
            DistanceLack.Precision => string.Create(CultureInfo.InvariantCulture, $"parallax_over_error below {MinParallaxOverError}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"parallax below {MinParallaxMas} mas"),
        };
}

/// <summary>Why a parallax is no distance.</summary>
internal enum DistanceLack
{
    None,

    /// <summary>Its error is not known.</summary>
    Error,

    /// <summary>Its error is too large.</summary>
    Precision,

    /// <summary>It is not positive.</summary>
    Sign,
}
