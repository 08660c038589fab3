using System.Globalization;
using Parquet.Meta;

namespace Almagest.Catalog.Parquet;

/// <summary>What the schema of a file says that the numbers of a column mean, beyond what the library makes of them.</summary>
/// <param name="IsDate">days, without a time</param>
/// <param name="TimeUnit">parts of a second that a time of the day is counted in; 0 = it is no such time</param>
/// <param name="IsUtc">moments, or times, are told to be of UTC</param>
/// <param name="IsWhole">decimals without digits behind the point</param>
internal readonly record struct ParquetMeaning(bool IsDate, long TimeUnit, bool IsUtc, bool IsWhole)
{
    private const long NanosecondsADay = 86_400_000_000_000;

    public static ParquetMeaning Of(SchemaElement? element)
    {
        if (element is null)
            return default;
        var (converted, logical) = (element.ConvertedType, element.LogicalType);
        return new ParquetMeaning(
            converted == ConvertedType.DATE || logical?.DATE is not null,
            (converted, logical?.TIME?.Unit) switch
            {
                (_, { NANOS: not null }) => 1_000_000_000,
                (ConvertedType.TIME_MICROS, _) or (_, { MICROS: not null }) => 1_000_000,
                (ConvertedType.TIME_MILLIS, _) or (_, { MILLIS: not null }) => 1000,
                _ => 0,
            },
            logical?.TIMESTAMP?.IsAdjustedToUTC ?? logical?.TIME?.IsAdjustedToUTC ?? false,
            (converted == ConvertedType.DECIMAL || logical?.DECIMAL is not null) && (logical?.DECIMAL?.Scale ?? element.Scale ?? 0) == 0
        );
    }

    public string Moment(DateTime moment) =>
        moment.ToString(IsDate ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + (IsUtc ? "Z" : "");

    /// <param name="count">of parts of a second since midnight; others than those of a day are as they are</param>
    public string TimeOfDay(long count)
    {
        if (count < 0 || count > NanosecondsADay / (1_000_000_000 / TimeUnit))
            return count.ToString(CultureInfo.InvariantCulture);
        var (seconds, parts) = Math.DivRem(count, TimeUnit);
        var fraction = ((decimal)parts / TimeUnit).ToString(".#########", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}{fraction}")
            + (IsUtc ? "Z" : "");
    }

    /// <summary>ISO 8601: months, days and times are kept apart, for none is a number of another.</summary>
    public static string Interval(int months, int days, int milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"P{months}M{days}DT{milliseconds / 1000m:0.###}S");
}
