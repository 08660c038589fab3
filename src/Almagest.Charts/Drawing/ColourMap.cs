namespace Almagest.Charts.Drawing;

internal readonly record struct Rgb(byte R, byte G, byte B)
{
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";
}

/// <summary>Viridis (van der Walt and Smith 2015): even steps look even, also in grey and to most colour-blind eyes.</summary>
internal static class ColourMap
{
    private static readonly Rgb[] s_viridis =
    [
        new(0x44, 0x01, 0x54),
        new(0x48, 0x23, 0x74),
        new(0x40, 0x44, 0x87),
        new(0x34, 0x5e, 0x8d),
        new(0x29, 0x78, 0x8e),
        new(0x20, 0x90, 0x8c),
        new(0x22, 0xa7, 0x84),
        new(0x44, 0xbe, 0x70),
        new(0x79, 0xd1, 0x51),
        new(0xbd, 0xde, 0x26),
        new(0xfd, 0xe7, 0x25),
    ];

    /// <param name="t">0 to 1</param>
    public static Rgb At(double t)
    {
        var place = Math.Clamp(double.IsNaN(t) ? 0 : t, 0, 1) * (s_viridis.Length - 1);
        var i = Math.Min((int)place, s_viridis.Length - 2);
        var f = place - i;
        return new Rgb(
            Mix(s_viridis[i].R, s_viridis[i + 1].R, f),
            Mix(s_viridis[i].G, s_viridis[i + 1].G, f),
            Mix(s_viridis[i].B, s_viridis[i + 1].B, f)
        );
    }

    private static byte Mix(byte a, byte b, double f) => (byte)Math.Round(a + (b - a) * f);
}
