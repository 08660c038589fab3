using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Writing;

/// <summary>
/// The cards of one FITS header (FITS standard 4.0, section 4): 80 characters each, texts beyond 68 characters continued (4.2.1.2), closed
/// with DATASUM and CHECKSUM (4.4.2.7) and padded to whole blocks of 2880 bytes.
/// </summary>
internal sealed class FitsCards
{
    public const int Block = 2880;
    private const int Card = 80;
    private const int TextWidth = 68;

    private readonly StringBuilder _cards = new();

    public FitsCards Logical(string key, bool value, string comment) => Fixed(key, value ? "T" : "F", comment);

    public FitsCards Real(string key, double value, string comment) =>
        Fixed(key, value.ToString("0.0###############", CultureInfo.InvariantCulture), comment);

    public FitsCards Integer(string key, long value, string comment) => Fixed(key, value.ToString(CultureInfo.InvariantCulture), comment);

    /// <summary>A text; characters beyond ASCII become question marks.</summary>
    public FitsCards Text(string key, string value, string? comment = null)
    {
        var escaped = PlainText.Printable(value).TrimEnd().Replace("'", "''", StringComparison.Ordinal);
        if (escaped.Length <= TextWidth)
        {
            var card = $"{key, -8}= '{escaped, -8}'";
            if (comment is not null && card.Length + 3 + comment.Length <= Card)
                card = $"{card, -30} / {comment}";
            return Add(card);
        }
        var start = $"{key, -8}= ";
        while (escaped.Length > TextWidth)
        {
            var cut = TextWidth - 1;
            // A doubled quote stays whole: an odd number of quotes before the cut would split one.
            var quotes = 0;
            while (quotes < cut && escaped[cut - 1 - quotes] == '\'')
                quotes++;
            if (quotes % 2 == 1)
                cut--;
            Add($"{start}'{escaped[..cut]}&'");
            escaped = escaped[cut..];
            start = "CONTINUE  ";
        }
        return Add($"{start}'{escaped}'");
    }

    /// <summary>Text that may take several cards.</summary>
    public FitsCards LongText(string keyword, string text)
    {
        var plain = PlainText.Printable(text);
        for (var at = 0; at == 0 || at < plain.Length; at += 72)
            Add($"{keyword, -8}{plain.AsSpan(at, Math.Min(72, plain.Length - at))}");
        return this;
    }

    /// <summary>The header's bytes.</summary>
    /// <param name="dataSum">ones' complement sum of the data's 32-bit words</param>
    public byte[] Close(uint dataSum)
    {
        Text("DATASUM", dataSum.ToString(CultureInfo.InvariantCulture), "sum of the data as 32-bit words");
        var checksum = _cards.Length;
        Text("CHECKSUM", new string('0', 16), "makes the sum of the whole HDU -0");
        Add("END");
        var bytes = new byte[(_cards.Length + Block - 1) / Block * Block];
        bytes.AsSpan().Fill((byte)' ');
        Encoding.ASCII.GetBytes(_cards.ToString(), bytes);
        var sum = new FitsSum();
        sum.Add(bytes);
        FitsSum.Encode(FitsSum.Join(sum.Value, dataSum)).CopyTo(bytes.AsSpan(checksum + 11));
        return bytes;
    }

    private FitsCards Fixed(string key, string value, string comment) => Add($"{key, -8}= {value, 20} / {comment}");

    private FitsCards Add(string card)
    {
        if (card.Length > Card)
            card = card[..Card];
        _cards.Append(card).Append(' ', Card - card.Length);
        return this;
    }
}
