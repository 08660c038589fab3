using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>A star as it is: a Galactic unit vector, parsecs, absolute G magnitude and BP-RP before dust.</summary>
internal readonly record struct IntrinsicStar(SkyVector Direction, double DistancePc, double AbsoluteMag, double Colour);
