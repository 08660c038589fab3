namespace Almagest.Catalog.Binary;

/// <summary>The element types that FITS and VOTable share, big-endian.</summary>
internal enum ElementType
{
    Boolean,
    Bit,
    UInt8,
    Int16,
    Int32,
    Int64,
    Int8,
    UInt16,
    UInt32,
    Float,
    Double,
    Char,
    UnicodeChar,
    FloatComplex,
    DoubleComplex,
}
