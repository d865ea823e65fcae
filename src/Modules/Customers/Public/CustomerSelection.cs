using Huitou.Kernel;
using Microsoft.AspNetCore.Http;

namespace Huitou.Customers.Public;

/// <summary>A button of the customer list that takes the chosen customers to a page of a higher module. Registered as a singleton.</summary>
/// <param name="TextKey">Word on the button.</param>
/// <param name="Icon">Tabler icon.</param>
/// <param name="Href">The page; it has a form named <c>bulk</c> and reads the choice with <see cref="CustomerSelection"/>.</param>
/// <param name="Order">Place.</param>
/// <param name="Permission">Who sees it.</param>
public sealed record CustomerBulkAct(string TextKey, string Icon, string Href, int Order, string Permission);

/// <summary>The customers a page was opened for: one by the address, or those chosen in the list, ticked or by its conditions.</summary>
/// <param name="Customers">Cut to what the person sees.</param>
/// <param name="Fields">What the page's own form has to carry on, as hidden fields.</param>
/// <param name="Back">Where the person came from.</param>
public sealed record Selected(IQueryable<Customer> Customers, IReadOnlyList<KeyValuePair<string, string>> Fields, string Back);

/// <summary>Reads the choice: of a form that the list sent, or of <c>?customer=ID</c>.</summary>
public sealed class CustomerSelection(BulkActs acts, IEnumerable<CustomerView> views, CurrentUser me, Db db)
{
    /// <summary>So many at once at most.</summary>
    public const int Most = BulkActs.Most;

    /// <exception cref="NotThere">Nobody was chosen in a way that can be read.</exception>
    public async Task<Selected> ReadAsync(HttpContext http, CancellationToken cancel)
    {
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType && (http.Request.Form["all"] == "true" || http.Request.Form["ids"].Count > 0))
        {
            var form = http.Request.Form;
            var query = form["query"].ToString();
            List<KeyValuePair<string, string>> fields = [new("query", query)];
            if (form["all"] == "true") fields.Add(new("all", "true"));
            else fields.AddRange(form["ids"].OfType<string>().Where(i => Guid.TryParse(i, out _)).Select(i => new KeyValuePair<string, string>("ids", i)));
            return new(await acts.QueryAsync(form, views.Where(v => me.Can(v.Permission)), cancel), fields, "/customers" + (query.StartsWith('?') ? query : ""));
        }

        if (!Guid.TryParse(http.Request.Query["customer"], out var id)) throw new NotThere();
        return new(db.Set<Customer>().Where(c => c.Id == id), [new("ids", id.ToString())], $"/customers/{id}");
    }
}
