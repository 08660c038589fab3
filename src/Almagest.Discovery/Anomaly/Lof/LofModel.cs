using System.Runtime.CompilerServices;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>The densities around all rows, by their places in a tree.</summary>
internal sealed class LofModel
{
    /// <summary>Neighbours are kept up to so many bytes; beyond they are looked for twice more.</summary>
    private const long MostKeptBytes = 1L << 31;

    private const int Block = 1 << 14;

    /// <summary>As in scikit-learn.</summary>
    private const double Least = 1e-10;

    private readonly int _k;
    private readonly int[]?[]? _kept;
    private readonly double[] _reach;
    private readonly double[] _density;

    public LofModel(FeatureMatrix features, int k, AlgorithmContext context, long mostKeptBytes = MostKeptBytes)
    {
        _k = k;
        Tree = new NeighbourTree(features, context.Parallel());
        context.Progress?.Report(0.1);
        var count = features.Rows;
        _kept = (long)count * k * sizeof(int) <= mostKeptBytes ? new int[(count + Block - 1) / Block][] : null;
        for (var i = 0; i < _kept?.Length; i++)
            _kept[i] = GC.AllocateUninitializedArray<int>(Math.Min(Block, count - i * Block) * k);
        var reach = new double[count];
        Tree.ForEachPlace(
            () => new NeighbourSearch(Tree, k),
            (place, search) =>
            {
                search.FindSorted(place);
                reach[place] = Math.Sqrt(search.Squared[^1]);
                if (_kept is not null)
                    search.Places.CopyTo(Kept(place));
            },
            done => context.Progress?.Report(0.1 + 0.7 * done)
        );
        _reach = reach;
        var density = new double[count];
        Tree.ForEachPlace(
            () => new Neighbourhood(this),
            (place, around) =>
            {
                around.MoveTo(place);
                density[place] = around.Density();
            }
        );
        _density = density;
        context.Progress?.Report(0.9);
    }

    public NeighbourTree Tree { get; }

    /// <summary>The scores of all rows: negative factors.</summary>
    public void Factors(double[] scores) =>
        Tree.ForEachPlace(
            () => new Neighbourhood(this),
            (place, around) =>
            {
                around.MoveTo(place);
                scores[Tree.Cells.Points.Row[place]] = -around.Factor();
            }
        );

    private Span<int> Kept(int place) => _kept![place / Block].AsSpan(place % Block * _k, _k);

    /// <summary>A place and its neighbours. One instance a thread.</summary>
    internal sealed unsafe class Neighbourhood(LofModel model)
    {
        private NeighbourSearch? _search;
        private readonly int[] _places = new int[model._k];
        private readonly double[] _distances = new double[model._k];
        private int _place;

        public ReadOnlySpan<int> Places => _places;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void MoveTo(int place)
        {
            _place = place;
            if (model._kept is null)
            {
                _search ??= new NeighbourSearch(model.Tree, model._k);
                _search.FindSorted(place);
                _search.Places.CopyTo(_places);
            }
            else
            {
                model.Kept(place).CopyTo(_places);
            }
            var points = model.Tree.Cells.Points;
            Array.Clear(_distances);
            for (var f = 0; f < points.Dimensions; f++)
            {
                var column = points.Column(f);
                for (var i = 0; i < _places.Length; i++)
                {
                    var difference = column[_places[i]] - column[place];
                    _distances[i] += difference * difference;
                }
            }
            for (var i = 0; i < _distances.Length; i++)
                _distances[i] = Math.Sqrt(_distances[i]);
        }

        /// <summary>Moves to a point that is none of the tree's, one of which is left out.</summary>
        public void MoveTo(ReadOnlySpan<double> point, int without)
        {
            _search ??= new NeighbourSearch(model.Tree, model._k);
            _search.FindSorted(point, without);
            _search.Places.CopyTo(_places);
            for (var i = 0; i < _distances.Length; i++)
                _distances[i] = Math.Sqrt(_search.Squared[i]);
        }

        /// <summary>The distance to a neighbour, or that neighbour's own reach where it is greater.</summary>
        public double Reachability(int i) => Math.Max(_distances[i], model._reach[_places[i]]);

        public double Factor() => Factor(model._density[_place]);

        /// <summary>The same where it stands at a point that is none of the tree's.</summary>
        public double FactorOfPoint() => Factor(Density());

        /// <summary>One over the mean reachability distance.</summary>
        public double Density()
        {
            double sum = 0;
            for (var i = 0; i < _places.Length; i++)
                sum += Reachability(i);
            return 1 / (sum / _places.Length + Least);
        }

        private double Factor(double density)
        {
            double sum = 0;
            foreach (var place in _places)
                sum += model._density[place];
            return sum / _places.Length / density;
        }
    }
}
