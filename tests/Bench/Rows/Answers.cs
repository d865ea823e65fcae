using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Huitou.Bench.Rows;

/// <summary>An answer of twelve questions by the machine door: its values, the loop its low mark opens with case, clock and timeline, under its idempotency key.</summary>
public sealed class Answers
{
    private Guid survey;
    private Guid edition;
    private Guid rule;
    private Dictionary<string, string[]> values = [];

    /// <summary>Makes and publishes the survey of the eight factors, whose ready rule opens a loop from two points down.</summary>
    public static async Task<Answers> MakeAsync(Town town, Uri address, Dictionary<string, string> key)
    {
        using var http = new HttpClient { BaseAddress = address };
        foreach (var (name, value) in key) http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        var made = await (await http.PostAsJsonAsync("/api/v1/surveys", new { name = "bench", template = "factors" })).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var answers = new Answers { survey = made.GetProperty("id").GetGuid() };
        var draft = (await http.GetFromJsonAsync<JsonElement>($"/api/v1/surveys/{answers.survey}")).GetProperty("draft");
        foreach (var question in draft.GetProperty("sections").EnumerateArray().SelectMany(s => s.GetProperty("questions").EnumerateArray()))
        {
            answers.values[question.GetProperty("key").GetString()!] = question.GetProperty("picks").GetArrayLength() > 0 ? ["o1"] : ["2"];
        }

        (await http.PostAsJsonAsync($"/api/v1/surveys/{answers.survey}/try", new { answers.values })).EnsureSuccessStatusCode();
        (await http.PostAsync($"/api/v1/surveys/{answers.survey}/publish", null)).EnsureSuccessStatusCode();
        await using var connection = new NpgsqlConnection(town.Super);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select s.edition_id, r.id from surveys_survey s join surveys_loop_rule r on r.company_id = s.company_id and r.survey_id = s.id where s.id = $1", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = answers.survey } } };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        (answers.edition, answers.rule) = (reader.GetGuid(0), reader.GetGuid(1));
        return answers;
    }

    public HttpRequestMessage Request(Town town, Random random) => new(HttpMethod.Post, $"/api/v1/surveys/{survey}/answers")
    {
        Headers = { { "Idempotency-Key", Guid.NewGuid().ToString("N") } },
        Content = JsonContent.Create(new { channel = "phone", customerId = Town.CustomerId(random.Next(1, town.Customers + 1)), storeId = town.Firm.StoreIds[0], values }),
    };

    public static void Check(string json)
    {
        if (!json.Contains("\"id\"", StringComparison.Ordinal)) throw new InvalidOperationException("No answer came back: " + json);
    }

    public (string Name, string Value)[] Variables(Town town, int seed) => [.. Intake.Variables(town, seed), ("survey", survey.ToString()), ("edition", edition.ToString()), ("rule", rule.ToString())];
}
