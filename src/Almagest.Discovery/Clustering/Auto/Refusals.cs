using System.Globalization;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>Why peaks were not taken for clusters: what the answer says, and advises, where none was.</summary>
internal sealed class Refusals
{
    private int _fieldLike,
        _few,
        _wide;
    private (int Members, int Stars, double? HalfAngle)? _most;

    /// <summary>The stars of a peak lie on the sky as those around it in motion do, or are no denser than the field.</summary>
    public void AddFieldLike() => _fieldLike++;

    public void AddFew() => _few++;

    public void AddWide() => _wide++;

    /// <summary>A group holds more of the stars than leave a field to compare it with.</summary>
    public void AddMost(int members, int stars, double? halfAngle)
    {
        if (_most is not { } most || members > most.Members)
            _most = (members, stars, halfAngle);
    }

    /// <param name="peaks">places denser than chance makes them</param>
    /// <param name="minMembers">least members of a cluster</param>
    public string Note(int peaks, int minMembers)
    {
        var culture = CultureInfo.InvariantCulture;
        var start = string.Create(culture, $"No cluster: {peaks:N0} places in motion and parallax are denser than chance makes them,");
        if (_most is { } most)
        {
            var within = most.HalfAngle is { } angle
                ? string.Create(culture, $", half of them within {angle:0.##}° of their middle on the sky")
                : "";
            return start
                + string.Create(
                    culture,
                    $" and a group there holds {most.Members:N0} of the {most.Stars:N0} stars{within}. A cluster is sought against its "
                )
                + "field, and a group of more than half of the stars leaves too little of one: a wider selection around it shows it.";
        }

        var reasons = new List<string>();
        if (_fieldLike > 0)
            reasons.Add("lie on the sky as the field does");
        if (_wide > 0)
            reasons.Add("are spread over more of the sky than a cluster");
        if (_few > 0 || reasons.Count == 0)
            reasons.Add(string.Create(culture, $"are too few to tell from the field (min_members is {minMembers:N0})"));
        return start + $" but their stars {string.Join(", or ", reasons)}. Try a smaller cone, or dbscan to see these groups.";
    }
}
