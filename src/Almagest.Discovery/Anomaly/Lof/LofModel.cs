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
                double sum = 0;
                for (var i = 0; i < k; i++)
                    sum += around.Reachability(i);
                density[place] = 1 / (sum / k + Least);
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
        private readonly NeighbourSearch? _search = model._kept is null ? new NeighbourSearch(model.Tree, model._k) : null;
        private readonly int[] _places = new int[model._k];
        private readonly double[] _distances = new double[model._k];
        private int _place;

        public ReadOnlySpan<int> Places => _places;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void MoveTo(int place)
        {
            _place = place;
            if (_search is not null)
            {
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

        /// <summary>The distance to a neighbour, or that neighbour's own reach where it is greater.</summary>
        public double Reachability(int i) => Math.Max(_distances[i], model._reach[_places[i]]);

        public double Factor()
        {
            double sum = 0;
            foreach (var place in _places)
                sum += model._density[place];
            return sum / _places.Length / model._density[_place];
        }
    }
}
