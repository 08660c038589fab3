namespace Almagest.Discovery.Features;

/// <summary>Some stars of a selection, next to each other.</summary>
/// <param name="First">the place of the first of them</param>
/// <param name="Stars">in memory</param>
internal readonly record struct StarTile(int First, StarColumns Stars);
