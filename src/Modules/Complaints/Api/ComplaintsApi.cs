using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Complaints;

/// <summary>The machine door of complaints and promises, one class a noun. Amounts are minor units, instants UTC.</summary>
internal static class ComplaintsApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        CasesApi.Map(app);
        UpwardApi.Map(app);
        LettersApi.Map(app);
        PromisesApi.Map(app);
        RulesApi.Map(app);
        FormsApi.Map(app);
        MailApi.Map(app);
        PhoneApi.Map(app);
        ImprovementsApi.Map(app);
        TablesApi.Map(app);
    }

    internal const int Most = 200;

    internal static async Task<NoContent> DoneAsync(Db db, Guid id, Task act, CancellationToken cancel)
    {
        await act;
        await db.SaveAsync($"/api/v1/complaints/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal static async Task<Created<Made>> MadeAsync(Db db, string nouns, Guid id, CancellationToken cancel)
    {
        var address = $"/api/v1/{nouns}/{id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(id));
    }

    // An instant without offset is taken as UTC, as the documents say.
    internal static DateTime Utc(DateTime at) => at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc);

    internal sealed record Made(Guid Id);

    internal sealed record WordsBody(string? Words);

    internal sealed record HandoverBody(Guid To, string? Why);

    internal sealed record PromiseBody(string? What, DateTime DueAt, Guid? By);
}
