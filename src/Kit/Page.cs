using Huitou.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Kit;

/// <summary>
/// A page: route, permission, query, form and handler in one .razor file. A GET reads inside one short transaction that
/// the middleware began; a POST handler runs <see cref="ActAsync"/>, which saves everything at once and redirects (303),
/// or comes back with 422, what was typed and the messages.
/// </summary>
public abstract class Page : Part
{
    [Inject] public required Db Db { get; set; }
    [Inject] public required CurrentUser Me { get; set; }
    [Inject] public required TimeProvider Time { get; set; }
    [Inject] public required NavigationManager Nav { get; set; }
    [CascadingParameter] public required HttpContext Http { get; set; }

    /// <summary>What is wrong with the form that was sent.</summary>
    protected FormErrors Errors { get; } = new();

    /// <summary>True when another person changed the same thing since the form was opened.</summary>
    protected bool Conflict { get; private set; }

    protected bool IsPost => HttpMethods.IsPost(Http.Request.Method);

    /// <summary>The input that stands for a field as a desk names it (<see cref="Refused.Field"/>), where this form calls it otherwise.</summary>
    protected virtual string InputOf(string field) => field;

    /// <summary>Notes that a field of this form is wrong, if it is, and goes on: everything wrong is told at once.</summary>
    protected void Wrong(bool wrong, string field, string key, params object?[] args)
    {
        if (wrong && Errors[field] is null) Errors.Add(field, T[key, args]);
    }

    /// <summary>
    /// Does what the form asks, in one transaction, and goes on to the address the act returns. Messages already in
    /// <see cref="Errors"/>, a <see cref="BadInput"/> or a <see cref="Refused"/> rule show the page again with 422 and nothing stored.
    /// </summary>
    /// <param name="act">Checks and changes; returns where to go next. Adds to <see cref="Errors"/> to stop.</param>
    /// <param name="toast">Text key of the word of success, shown for five seconds on the next page.</param>
    /// <param name="toastArgs">Values for that text.</param>
    protected async Task ActAsync(Func<Task<string>> act, string? toast = null, params object?[] toastArgs)
    {
        string? next = null;
        try
        {
            next = await act();
            if (!Errors.Any) await Db.SaveAsync(next, cancel: Http.RequestAborted);
        }
        catch (Refused refused)
        {
            // What the page itself found wrong with a field comes first.
            foreach (var one in refused.Named(InputOf).All.Where(r => r.Field is null || Errors[r.Field] is null)) Errors.Add(one.Field ?? "", T[one.Key, one.Args]);
        }
        catch (BadInput wrong)
        {
            Errors.Add(wrong, InputOf);
        }
        catch (DbUpdateConcurrencyException)
        {
            Conflict = true;
            Errors.Add("", T["kit.conflict"]);
        }
        catch (Exception unstorable) when (unstorable.IsUnstorable())
        {
            Errors.Add("", T["kernel.unstorable"]);
        }

        if (Errors.Any)
        {
            await Db.StartOverAsync(Http.RequestAborted);
            Http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }

        if (toast is not null) Toast.Leave(Http, T[toast, toastArgs]);
        Nav.NavigateTo(next!);
    }
}
