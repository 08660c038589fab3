namespace Almagest.Catalog.Parquet;

/// <summary>
/// What each struct of a Parquet file's headers holds, after
/// <see href="https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift">parquet.thrift</see> of format 2.11.
/// The library reads each field as the standard declares it, whatever type the file gives it: where the two differ it loses its place and
/// may read on for ever. So the types are compared before.
/// </summary>
internal sealed class ParquetThrift
{
    private const string Standard = """
        FileMetaData 1:i32 2:[SchemaElement 3:i64 4:[RowGroup 5:[KeyValue 6:binary 7:[ColumnOrder 8:EncryptionAlgorithm 9:binary
        SchemaElement 1:i32 2:i32 3:i32 4:binary 5:i32 6:i32 7:i32 8:i32 9:i32 10:LogicalType
        LogicalType 1:Empty 2:Empty 3:Empty 4:Empty 5:DecimalType 6:Empty 7:TimeType 8:TimeType 10:IntType 11:Empty 12:Empty 13:Empty
          14:Empty 15:Empty 16:VariantType 17:GeometryType 18:GeographyType
        Empty
        DecimalType 1:i32 2:i32
        TimeType 1:bool 2:TimeUnit
        TimeUnit 1:Empty 2:Empty 3:Empty
        IntType 1:i8 2:bool
        VariantType 1:i8
        GeometryType 1:binary
        GeographyType 1:binary 2:i32
        RowGroup 1:[ColumnChunk 2:i64 3:i64 4:[SortingColumn 5:i64 6:i64 7:i16
        SortingColumn 1:i32 2:bool 3:bool
        ColumnChunk 1:binary 2:i64 3:ColumnMetaData 4:i64 5:i32 6:i64 7:i32 8:ColumnCryptoMetaData 9:binary
        ColumnMetaData 1:i32 2:[i32 3:[binary 4:i32 5:i64 6:i64 7:i64 8:[KeyValue 9:i64 10:i64 11:i64 12:Statistics 13:[PageEncodingStats
          14:i64 15:i32 16:SizeStatistics 17:GeospatialStatistics
        Statistics 1:binary 2:binary 3:i64 4:i64 5:binary 6:binary 7:bool 8:bool
        PageEncodingStats 1:i32 2:i32 3:i32
        SizeStatistics 1:i64 2:[i64 3:[i64
        GeospatialStatistics 1:BoundingBox 2:[i32
        BoundingBox 1:double 2:double 3:double 4:double 5:double 6:double 7:double 8:double
        ColumnCryptoMetaData 1:Empty 2:EncryptionWithColumnKey
        EncryptionWithColumnKey 1:[binary 2:binary
        KeyValue 1:binary 2:binary
        ColumnOrder 1:Empty
        EncryptionAlgorithm 1:AesGcm 2:AesGcm
        AesGcm 1:binary 2:binary 3:bool
        PageHeader 1:i32 2:i32 3:i32 4:i32 5:DataPageHeader 6:Empty 7:DictionaryPageHeader 8:DataPageHeaderV2
        DataPageHeader 1:i32 2:i32 3:i32 4:i32 5:Statistics
        DictionaryPageHeader 1:i32 2:i32 3:bool
        DataPageHeaderV2 1:i32 2:i32 3:i32 4:i32 5:i32 6:i32 7:bool 8:Statistics
        """;

    private static readonly Dictionary<string, ParquetThrift> s_structs = Parse();

    private readonly Dictionary<int, Field> _fields = [];

    private ParquetThrift() { }

    /// <summary>A union to which later versions of the format add members.</summary>
    public bool IsGrowing => ReferenceEquals(this, LogicalType) || ReferenceEquals(this, ColumnOrder);

    /// <summary>The footer.</summary>
    public static ParquetThrift FileMetaData { get; } = s_structs["FileMetaData"];

    /// <summary>The header of a page.</summary>
    public static ParquetThrift PageHeader { get; } = s_structs["PageHeader"];

    /// <summary>The union of logical types, to which new ones are added.</summary>
    public static ParquetThrift LogicalType { get; } = s_structs["LogicalType"];

    /// <summary>The union of orders of a column's values, to which new ones are added, too.</summary>
    public static ParquetThrift ColumnOrder { get; } = s_structs["ColumnOrder"];

    /// <summary>One element of the schema.</summary>
    public static ParquetThrift SchemaElement { get; } = s_structs["SchemaElement"];

    /// <summary>What the standard says of a field; null for one that it did not know yet.</summary>
    public Field? this[int id] => _fields.GetValueOrDefault(id);

    private static Dictionary<string, ParquetThrift> Parse()
    {
        // A line that begins with blanks goes on with the struct above.
        var lines = Standard.Replace("\n  ", " ", StringComparison.Ordinal).Split('\n').Select(l => l.Trim().Split(' ')).ToArray();
        var structs = lines.ToDictionary(l => l[0], _ => new ParquetThrift(), StringComparer.Ordinal);
        foreach (var line in lines)
        foreach (var text in line[1..])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var isList = text[colon + 1] == '[';
            var kind = text[(isList ? colon + 2 : colon + 1)..];
            var inner = structs.GetValueOrDefault(kind);
            structs[line[0]]._fields[int.Parse(text[..colon], System.Globalization.CultureInfo.InvariantCulture)] = new Field(
                isList,
                inner is null ? Code(kind) : 12,
                inner
            );
        }
        return structs;
    }

    /// <summary>The type codes of Thrift's compact protocol; 1 stands for either truth value.</summary>
    private static int Code(string kind) =>
        kind switch
        {
            "bool" => 1,
            "i8" => 3,
            "i16" => 4,
            "i32" => 5,
            "i64" => 6,
            "double" => 7,
            "binary" => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <param name="IsList">a list of what follows</param>
    /// <param name="Type">the code of the value, or of a list's elements</param>
    /// <param name="Struct">what the value or the elements hold, where they are structs</param>
    public sealed record Field(bool IsList, int Type, ParquetThrift? Struct)
    {
        public bool Agrees(int type) => IsList ? type == 9 : type == Type || (Type == 1 && type == 2);
    }
}
