namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// How many members and field stars there are, and how the field lies, by the size of the stars' errors: between nodes at even shares of
/// the stars in order of their errors everything is interpolated, so that a star is compared with field stars of errors like its own. The
/// stars whose errors are not known are a class of their own. Densities are per share of the stars.
/// </summary>
internal sealed class ErrorClasses
{
    private const int MostNodes = 5,
        StarsPerNode = 300,
        FarTurns = 3;

    // Pseudo-members that are spread over the errors as all stars are, so that a node with few members takes the share of all.
    private const double Spread = 10,
        // How firmly the shape of the field at a node is held to that of the whole.
        Lean = 4,
        // The cluster is known already, as it is without errors: a field that peaks there does not take it for its own.
        MostRise = 0,
        MostFall = 2;

    private readonly double[] _sorted;
    private readonly int _nodes; // those of stars with known errors
    private readonly double[] _exposure; // the share of the stars at each node; the last is of unknown errors
    private readonly FieldModel _all;
    private readonly FieldModel[] _fields;
    private readonly double[] _members;
    private int _fits;

    /// <param name="sizes">of the stars' errors; NaN = unknown</param>
    public ErrorClasses(int dimensions, double[] sizes)
    {
        _sorted = [.. sizes.Where(double.IsFinite).Order()];
        _nodes = Math.Clamp(1 + _sorted.Length / StarsPerNode, 1, MostNodes);
        _exposure = new double[_nodes + 1];
        foreach (var size in sizes)
        {
            var place = PlaceOf(size);
            _exposure[place.Node] += (1 - place.Share) / sizes.Length;
            if (place.Share > 0)
                _exposure[place.Node + 1] += place.Share / sizes.Length;
        }

        _all = new FieldModel(dimensions) { MostRise = MostRise, MostFall = MostFall };
        _fields =
        [
            .. _exposure.Select(_ => new FieldModel(dimensions)
            {
                Prior = _all,
                Lean = Lean,
                MostRise = MostRise,
                MostFall = MostFall,
            }),
        ];
        _members = new double[_exposure.Length];
    }

    /// <summary>The field of all stars.</summary>
    public FieldModel All => _all;

    /// <summary>Between which nodes a star is.</summary>
    public ErrorPlace PlaceOf(double size)
    {
        if (!double.IsFinite(size))
            return new ErrorPlace(_nodes, 0);
        if (_nodes == 1)
            return new ErrorPlace(0, 0);
        // Equal errors are one place.
        double below = LowerBound(_sorted, size),
            above = LowerBound(_sorted, Math.BitIncrement(size));
        var at = (below + above) / 2 / _sorted.Length * (_nodes - 1);
        var node = Math.Clamp((int)at, 0, _nodes - 2);
        return new ErrorPlace(node, at - node);
    }

    public void Start(double density, double members)
    {
        _all.Start(density);
        for (var k = 0; k < _fields.Length; k++)
        {
            _fields[k].Start(Math.Max(1e-6, density * _exposure[k]));
            _members[k] = members * _exposure[k];
        }
    }

    /// <summary>Members among stars of such errors.</summary>
    public double Members(ErrorPlace place) =>
        place.Share == 0 ? At(place.Node) : (1 - place.Share) * At(place.Node) + place.Share * At(place.Node + 1);

    /// <summary>Density of the field among stars of such errors, per unit of the ball.</summary>
    public double Field(ErrorPlace place, ReadOnlySpan<double> terms) =>
        place.Share == 0
            ? FieldAt(place.Node, terms)
            : (1 - place.Share) * FieldAt(place.Node, terms) + place.Share * FieldAt(place.Node + 1, terms);

    /// <param name="members">of each star the probability to be one</param>
    public void FitMembers(ErrorPlace[] places, double[] members)
    {
        var found = new double[_members.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var (node, share) = places[i];
            var second = share == 0 ? 0 : share * At(node + 1) / Members(places[i]);
            found[node] += members[i] * (1 - second);
            if (second > 0)
                found[node + 1] += members[i] * second;
        }

        var all = found.Sum();
        for (var k = 0; k < found.Length; k++)
            _members[k] = (found[k] + Spread * _exposure[k]) * all / (all + Spread);
    }

    public void ScaleField(double factor)
    {
        foreach (var field in _fields)
            field.Scale(factor);
    }

    /// <param name="field">of each star the probability to be of the field</param>
    public void FitField(ErrorPlace[] places, double[] terms, double[] field)
    {
        // The first ones are far from what they come to; later ones differ little from turn to turn.
        var steps = _fits++ < FarTurns ? 4 : 1;
        _all.Fit(terms, field, steps);
        var count = _all.TermCount;
        var weights = new double[_fields.Length][];
        for (var k = 0; k < weights.Length; k++)
            weights[k] = new double[field.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var (node, share) = places[i];
            var second = 0.0;
            if (share > 0)
            {
                var at = terms.AsSpan(i * count, count);
                second = share * FieldAt(node + 1, at);
                second /= second + (1 - share) * FieldAt(node, at);
                weights[node + 1][i] = field[i] * second;
            }

            weights[node][i] = field[i] * (1 - second);
        }

        for (var k = 0; k < weights.Length; k++)
            if (_exposure[k] > 0)
                _fields[k].Fit(terms, weights[k], steps);
    }

    private double At(int node) => _exposure[node] > 0 ? _members[node] / _exposure[node] : 0;

    private double FieldAt(int node, ReadOnlySpan<double> terms) =>
        _exposure[node] > 0 ? _fields[node].Density(terms) / _exposure[node] : 0;

    private static int LowerBound(double[] sorted, double value)
    {
        int low = 0,
            high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

/// <summary>Where the size of a star's errors is among the nodes.</summary>
/// <param name="Share">of the next node; the rest is of this one</param>
internal readonly record struct ErrorPlace(int Node, double Share);
