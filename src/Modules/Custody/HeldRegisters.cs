using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>What the registers hold of a person.</summary>
internal sealed class HeldRegisters(Db db) : IHeldData
{
    public int Order => 85;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var seals = await db.Set<Seal>().Where(s => s.FileId == personId).OrderBy(s => s.At).ToListAsync(cancel);
        var requests = await db.Set<AccessRequest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.FileId == personId).OrderBy(r => r.AskedAt).ToListAsync(cancel);
        return
        [
            new("custody.seals", "custody.seal.title", [("number", "custody.seal.number"), ("form", "custody.seal.form-name"), ("words", "custody.seal.words"), ("at", "custody.seal.sealed")], seals.ConvertAll(s => (IReadOnlyList<object?>)[s.Number, s.Title, s.Words, s.At])),
            new("custody.requests", "custody.request.title", [("number", "custody.request.number"), ("kind", "custody.request.kind"), ("purpose", "custody.request.purpose"), ("at", "custody.request.asked-for")],
                requests.ConvertAll(r => (IReadOnlyList<object?>)[r.Number, new HeldWord("custody.request.kind." + r.Kind), new HeldWord("custody.purpose." + r.Purpose), r.AskedAt])) { WorkingNotes = true },
        ];
    }
}
