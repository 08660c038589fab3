using Almagest.Adql.Schema;
using Almagest.Adql.Sql;
using Almagest.Adql.Syntax;

namespace Almagest.Adql;

/// <summary>
/// Translates ADQL (IVOA Recommendation ADQL 2.1, with the geometries of 2.0) into PostgreSQL. Safe by construction: the text that comes
/// out is put together from this program's own words; of the query's text nothing but numbers of rows gets into it, for names are replaced
/// by the published ones or by numbered ones, and values are bound. It is one SELECT over published relations.
/// </summary>
public static class AdqlTranslator
{
    /// <summary>Longest query, characters.</summary>
    public const int MostCharacters = 1 << 18;

    /// <summary>Translates a query.</summary>
    /// <param name="adql">the query</param>
    /// <param name="catalogue">what it may name</param>
    /// <param name="mostRows">rows that the answer may have; null = any number</param>
    /// <exception cref="AdqlException">it is not ADQL, or names what is not published; the message gives line and column</exception>
    public static SqlQuery Translate(string adql, PublishedCatalogue catalogue, long? mostRows = null)
    {
        ArgumentNullException.ThrowIfNull(adql);
        ArgumentNullException.ThrowIfNull(catalogue);
        try
        {
            if (adql.Length > MostCharacters)
                throw new SyntaxException(MostCharacters, $"the query is longer than {MostCharacters} characters");
            return new QueryTranslator(catalogue).Translate(QueryParser.Parse(adql), mostRows);
        }
        catch (SyntaxException e)
        {
            throw new AdqlException(e.Message, adql, e.Offset);
        }
    }
}
