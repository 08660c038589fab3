using System.Text;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>What a VOTable says stands for a missing value.</summary>
public sealed class VoTableNullTests
{
    [Fact]
    public void A_field_may_refer_to_the_null_of_another()
    {
        using var table = Load.OpenBytes(
            Encoding.UTF8.GetBytes(
                """
                <VOTABLE version="1.4"><RESOURCE><TABLE>
                <FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
                <FIELD name="n" datatype="int"><VALUES ID="none" null="-99"/></FIELD>
                <FIELD name="long" datatype="long"><LINK href="x"/><VALUES ref="none"/></FIELD>
                <FIELD name="v" datatype="float"><VALUES ref="none"/></FIELD>
                <FIELD name="own" datatype="long"><VALUES ref="none" null="1"/></FIELD>
                <DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD><TD>-99</TD><TD>-99</TD><TD>-99</TD><TD>-99</TD></TR>
                <TR><TD>1</TD><TD>2</TD><TD>1</TD><TD>1</TD><TD>1</TD><TD>1</TD></TR></TABLEDATA></DATA>
                </TABLE></RESOURCE></VOTABLE>
                """
            )
        );
        var batch = table.ReadBatches().Single();
        Assert.Equal([true, true, true, false], batch.Columns.Skip(2).Select(c => c.IsNull(0)));
        Assert.Equal([false, false, false, true], batch.Columns.Skip(2).Select(c => c.IsNull(1)));
    }
}
