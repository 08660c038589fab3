using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>A part of the context's model that is described where it belongs, and not beside the tables. The context finds all in its
/// assembly.</summary>
internal interface IModelPart
{
    void Configure(ModelBuilder model);
}
