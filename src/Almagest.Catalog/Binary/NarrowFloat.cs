namespace Almagest.Catalog.Binary;

/// <summary>Numbers of columns of 32 bits. The shortest digits that give such a number back are 0.1, where those of the double that it is
/// widened to are 0.10000000149011612.</summary>
internal static class NarrowFloat
{
    /// <summary>Is it the same number in 32 bits, and finite?</summary>
    public static bool Is(double value) => (float)value == value && double.IsFinite(value);
}
