using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Tidiness;

/// <summary>No table that hangs on a customer is forgotten when two files are merged (A11).</summary>
public sealed class MergeTableTests
{
    [Fact]
    public async Task Every_table_that_hangs_on_a_customer_says_what_merging_does_to_it()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        var registered = host.Services.GetServices<CustomerTable>().Select(t => (t.Table, t.Column)).ToList();
        var found = new List<(string Table, string Column)>();
        await using var connection = new SqliteConnection(host.Engine.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and c.name in ('customer_id', 'customer')
            union select m.name, f."from" from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table' and f."table" = 'customers_customer' and f."from" <> 'company_id'
            """;
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) found.Add((reader.GetString(0), reader.GetString(1)));

        var wrong = found.Where(f => !registered.Contains(f)).Select(f => $"{f.Table}.{f.Column} is not registered: AddSingleton(new CustomerTable(\"{f.Table}\"{(f.Column == "customer_id" ? "" : $", \"{f.Column}\"")}))")
            .Concat(registered.GroupBy(r => r).Where(g => g.Count() > 1).Select(g => $"{g.Key} is registered twice")).ToList();
        Source.Hold(found.Count, wrong, "a table with a customer's id moves with the customer, or says why it stays");
    }
}
