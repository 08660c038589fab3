namespace Almagest.Discovery.Clustering.Auto;

/// <summary>A mixture for stars whose errors are not known: all members scatter alike, and errors are a part of their scatter.</summary>
internal sealed class PlainMixture : ClusterMixture
{
    public PlainMixture(MotionStars stars, Peak start)
        : base(stars, start) => Field = new FieldModel(Size);

    protected override FieldModel Field { get; }

    protected override double FieldMiddle => Field.Middle;

    protected override void Begin(double density) => Field.Start(density);

    protected override bool Expect(int[] region, double[] terms, double[] ratio, double[] narrow, double[] wide)
    {
        Span<double> factor = stackalloc double[Size * Size];
        Covariance.CopyTo(factor);
        if (!Cholesky.Factor(factor, Size))
            return false;
        var norm = Math.Pow(2 * Math.PI, -Size / 2.0) / Cholesky.Determinant(factor, Size);
        var wider = Math.Pow(Wider, -Size);
        // The field's density is per unit of the ball.
        var unit = Math.Pow(Reach, Size) * Cholesky.Determinant(Metric, Size);
        Span<double> at = stackalloc double[Size];
        for (var i = 0; i < region.Length; i++)
        {
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][region[i]] - Centre[d];
            var distance = Length(factor, at);
            var square = -0.5 * distance * distance;
            var a = Members * (1 - Wide) * norm * Math.Exp(square) * ratio[i];
            var b = Members * Wide * norm * wider * Math.Exp(square / (Wider * Wider)) * ratio[i];
            var f = Field.Density(terms.AsSpan(i * Field.TermCount, Field.TermCount)) / unit;
            narrow[i] = a / (a + b + f);
            wide[i] = b / (a + b + f);
        }

        return true;
    }

    protected override void Maximize(double[] narrow, double[] wide, double members, double scale)
    {
        double total = 0;
        var mean = new double[Size];
        for (var i = 0; i < Region.Length; i++)
        {
            var weight = narrow[i] + wide[i] / (Wider * Wider);
            total += weight;
            for (var d = 0; d < Size; d++)
                mean[d] += weight * Stars.Axes[d][Region[i]];
        }

        for (var d = 0; d < Size; d++)
            Centre[d] = mean[d] / total;
        MeasureScatter(narrow, wide, members, scale);
    }

    protected override void ScaleField(double factor) => Field.Scale(factor);

    protected override void MaximizeField(double[] terms, double[] field) => Field.Fit(terms, field, 4);
}
