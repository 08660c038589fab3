using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;
using Xunit;

namespace Almagest.Discovery.Tests.Storage;

/// <summary>Numbers that are read by stretches.</summary>
public sealed class SequenceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(2000)]
    [InlineData(2049)]
    [InlineData(10_000)]
    public void Percentiles_and_medians_of_numbers_read_by_stretches_are_those_of_an_array(int count)
    {
        var random = new Random(count);
        double[] values =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    random.Next(8) switch
                    {
                        0 => double.NaN,
                        1 => random.Next(4),
                        2 => double.NegativeInfinity,
                        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300)),
                    }
                ),
        ];
        var sequence = new PiecewiseRoom(1 << 14, 777).Create<double>(count);
        sequence.Write(0, values);
        Assert.Equal(Bits(OrderStatistics.Median(values)), Bits(OrderStatistics.MedianOf(sequence)));
        foreach (var percent in (double[])[0, 1, 25, 33.3, 50, 75, 99, 100])
            Assert.Equal(Bits(OrderStatistics.Percentile(values, percent)), Bits(OrderStatistics.PercentileOf(sequence, percent)));
    }

    [Fact]
    public void A_stretch_of_an_array_is_the_array_and_of_others_a_copy_that_is_written_back()
    {
        Sequence<int> here = new int[] { 1, 2, 3 };
        var there = new PiecewiseRoom(1 << 14, 2).Create<int>(0);
        there.Write(0, [1, 2, 3]);
        foreach (var sequence in (Sequence<int>[])[here, there])
        {
            using var stretch = sequence.Read(1, 2);
            stretch.Span[1] = 7;
            Assert.Equal(sequence == here ? 7 : 3, Read(sequence)[2]);
            sequence.Write(1, stretch.Span);
            Assert.Equal([1, 2, 7], Read(sequence));
        }
        Assert.Same(here.Array, here.InMemory);
        Assert.Throws<InvalidOperationException>(() => there.InMemory);
    }

    private static int[] Read(Sequence<int> sequence)
    {
        var all = new List<int>();
        sequence.ForEach((first, part) => all.AddRange(part.ToArray()));
        return [.. all];
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
