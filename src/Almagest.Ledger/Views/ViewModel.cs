using Almagest.Contract.Serialization;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Almagest.Ledger.Views;

/// <summary>The query-optimized views, as keyless entities: read, never tracked. Made from their descriptors.</summary>
internal sealed class ViewModel : IModelPart
{
    internal sealed class RawJsonConverter() : ValueConverter<RawJson, string>(json => json.Text, text => new RawJson(text));

    public void Configure(ModelBuilder model)
    {
        foreach (var view in AnalyticsViews.All)
        {
            model.Entity(
                view.RowType,
                entity =>
                {
                    entity.HasNoKey().ToView(view.Name);
                    foreach (var column in view.Columns)
                    {
                        var declared = ViewRow.PropertyOf(view, column.Name);
                        var property = entity.Property(declared.PropertyType, declared.Name).HasColumnName(column.Name);
                        if (declared.PropertyType == typeof(RawJson))
                            property.HasColumnType("jsonb").HasConversion<RawJsonConverter>();
                    }
                }
            );
        }
    }
}
