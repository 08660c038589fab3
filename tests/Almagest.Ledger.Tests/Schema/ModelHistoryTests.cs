using System.Text.RegularExpressions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Model.Compiled;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

/// <summary>
/// The model in each migration's designer is what it and those before it built. So <c>dotnet ef migrations remove</c>, which makes the
/// snapshot of the designer before the last one, changes nothing else. Needs no database.
/// </summary>
public sealed partial class ModelHistoryTests : IAsyncDisposable
{
    private readonly LedgerDatabase _ledger = new("Host=nowhere.invalid");
    private readonly LedgerContext _context;

    public ModelHistoryTests() => _context = _ledger.CreateContext();

    [Fact]
    public void The_operations_of_a_migration_lead_from_the_model_before_to_its_own_and_back()
    {
        IModel? before = null;
        foreach (var migration in Migrations())
        {
            var model = Finalized(migration.TargetModel);
            Assert.Equal(Sql(Differences(before, model), model), Sql(migration.UpOperations, model));
            Assert.Equal(Sql(Differences(model, before), before), Sql(migration.DownOperations, before));
            before = model;
        }
    }

    [Fact]
    public void The_snapshot_is_the_model_of_the_last_migration()
    {
        var snapshot = Finalized(_context.GetService<IMigrationsAssembly>().ModelSnapshot!.Model);
        var last = Finalized(Migrations()[^1].TargetModel);
        const MetadataDebugStringOptions Everything = MetadataDebugStringOptions.LongDefault;
        Assert.Equal(last.ToDebugString(Everything), snapshot.ToDebugString(Everything));
        Assert.Empty(Differences(snapshot, _context.GetService<IDesignTimeModel>().Model));
    }

    [Fact]
    public void The_models_of_the_first_five_have_the_views_that_these_make()
    {
        var known = new HashSet<string>();
        // A view that came later was made by no migration, whichever models have it.
        foreach (var migration in Migrations().Take(5))
        {
            var made = migration.UpOperations.OfType<SqlOperation>().SelectMany(o => CreatedView().Matches(o.Sql));
            known.UnionWith(made.Select(m => m.Groups[1].Value));
            var views = migration.TargetModel.GetEntityTypes().Select(e => e.GetViewName()).OfType<string>();
            Assert.Equal(known.Order(StringComparer.Ordinal), views.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_compiled_model_is_the_one_that_the_entities_describe()
    {
        var compiled = _context.Model;
        Assert.IsType<LedgerContextModel>(compiled, exactMatch: false);
        // If not: docs/schema.md says how it is written anew.
        Assert.Equal(Described(_context.GetService<IDesignTimeModel>().Model), Described(compiled));
    }

    private static List<string> Described(IModel model) =>
        model
            .GetEntityTypes()
            .SelectMany(e =>
                e.GetProperties()
                    .Select(p =>
                        $"{e.Name} {e.GetTableName()}{e.GetViewName()} {p.Name} {p.ClrType} {p.GetColumnName()} {p.GetColumnType()} "
                        + $"{p.IsNullable} {p.ValueGenerated} {p.IsConcurrencyToken} {p.GetTypeMapping().Converter?.GetType()}"
                    )
                    .Concat(
                        e.GetKeys().Select(k => $"{e.Name} {k.GetName()} {k.ToDebugString(MetadataDebugStringOptions.SingleLineDefault)}")
                    )
                    .Concat(e.GetForeignKeys().Select(k => k.ToDebugString(MetadataDebugStringOptions.SingleLineDefault)))
                    .Concat(e.GetNavigations().Select(n => n.ToDebugString(MetadataDebugStringOptions.SingleLineDefault)))
                    .Concat(
                        e.GetIndexes().Select(i => $"{i.GetDatabaseName()} {i.ToDebugString(MetadataDebugStringOptions.SingleLineDefault)}")
                    )
            )
            .Order(StringComparer.Ordinal)
            .ToList();

    private List<Migration> Migrations()
    {
        var assembly = _context.GetService<IMigrationsAssembly>();
        return assembly
            .Migrations.OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => assembly.CreateMigration(m.Value, _context.Database.ProviderName!))
            .ToList();
    }

    private IModel Finalized(IModel model) =>
        _context
            .GetService<IModelRuntimeInitializer>()
            .Initialize(model is IMutableModel mutable ? mutable.FinalizeModel() : model, designTime: true, validationLogger: null);

    private IReadOnlyList<MigrationOperation> Differences(IModel? from, IModel? to) =>
        _context.GetService<IMigrationsModelDiffer>().GetDifferences(from?.GetRelationalModel(), to?.GetRelationalModel());

    // Their order does not matter; what is written by hand (views, functions, data) is not the model's.
    private List<string> Sql(IReadOnlyList<MigrationOperation> operations, IModel? model)
    {
        foreach (var changed in operations.OfType<AlterColumnOperation>())
        {
            // On the way down a column gets its constraint back, not a default that it never had.
            if (changed.DefaultValue is Guid id && id == Guid.Empty)
                changed.DefaultValue = null;
        }
        // Nor does the order of columns, which a designer does not know.
        foreach (var table in operations.OfType<CreateTableOperation>())
            table.Columns.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var generator = _context.GetService<IMigrationsSqlGenerator>();
        return operations
            .Where(o => o is not SqlOperation)
            .SelectMany(o => generator.Generate([o], model))
            .Select(c => c.CommandText)
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    [GeneratedRegex(@"create materialized view public\.(\w+)")]
    private static partial Regex CreatedView();

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await _ledger.DisposeAsync();
    }
}
