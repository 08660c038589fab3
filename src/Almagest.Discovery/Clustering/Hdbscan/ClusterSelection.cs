namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>Which clusters of the hierarchy HDBSCAN answers with.</summary>
internal enum ClusterSelection
{
    /// <summary>The set of clusters with the largest total stability (excess of mass).</summary>
    ExcessOfMass,

    /// <summary>The clusters that split no further: more, smaller and more even ones.</summary>
    Leaf,
}
