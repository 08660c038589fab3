using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Points of a <see cref="PointFile"/> that are next to each other there.</summary>
/// <param name="Box">around them</param>
internal sealed record PointRun(int First, int Count, PointBox Box);
