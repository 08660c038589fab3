namespace Almagest.Catalog;

/// <summary>
/// A file that cannot be read as a catalogue. The message is written for the user: what was found, where, what was
/// expected, and what to do. It is the only exception that readers throw because of a file's content.
/// </summary>
public sealed class CatalogFormatException : Exception
{
    public CatalogFormatException(string message) : base(message) { }

    public CatalogFormatException(string message, Exception inner) : base(message, inner) { }

    public CatalogFormatException() { }
}
