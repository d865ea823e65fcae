using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Huitou;

/// <summary>
/// What holds for every operation and no endpoint says of itself: the key to send, the problem details of every error, and the name of an
/// act that makes a repeated request harmless.
/// </summary>
internal static class ApiDescription
{
    /// <summary>Header that names an act.</summary>
    public const string Once = "Idempotency-Key";

    private const string Key = "key";
    private const string Problem = "Problem";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Modules name their bodies alike, and the description has one place for a name: the first would stand for all of them.
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : NameOf(type.Type);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Huitou", Version = "v1",
                Description = "What a screen can do, this can. Send a key of the company as a bearer token; it does what it was given to do, as far as it was given to reach.",
            };
            document.AddComponent<IOpenApiSecurityScheme>(Key, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of the API (ht_…), made under Settings." });
            document.AddComponent<IOpenApiSchema>(Problem, ProblemDetails());
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
            foreach (var (method, operation) in document.Paths.Values.SelectMany(path => path.Operations ?? []))
            {
                operation.Responses ??= [];
                operation.Responses.TryAdd("default", new OpenApiResponse
                {
                    Description = "Every error: 400 not readable, 401 no key, 403 not allowed, 404 missing or not yours, 409 changed by another, 422 refused, with what to do.",
                    Content = new Dictionary<string, OpenApiMediaType> { [MediaTypeNames.Application.ProblemJson] = new() { Schema = new OpenApiSchemaReference(Problem, document) } },
                });
                if (method == HttpMethod.Get) continue;
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = Once, In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 100 },
                    Description = "Your own name for this act, kept 7 days: sent again, nothing is done twice and the answer says so (Idempotent-Replayed).",
                });
            }

            return Task.CompletedTask;
        });
    }

    // Huitou.Custody.Api.Listed<RuleApi.RuleAnswer> is Custody.Api.ListedOfCustody.RuleApi.RuleAnswer: a name for each type.
    private static string NameOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var name = type.Name.Split('`')[0];
        for (var around = type.DeclaringType; around is not null; around = around.DeclaringType) name = $"{around.Name}.{name}";
        if (type.Namespace?.Split('.') is ["Huitou", var module, ..]) name = $"{module}.{name}";
        return type.IsGenericType ? $"{name}Of{string.Join("And", type.GetGenericArguments().Select(NameOf))}" : name;
    }

    // RFC 9457, with a number to quote and, for wrong input, the messages by field.
    private static OpenApiSchema ProblemDetails()
    {
        static OpenApiSchema Of(JsonSchemaType type) => new() { Type = type };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object, Required = new HashSet<string> { "type", "title", "status" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Of(JsonSchemaType.String), ["title"] = Of(JsonSchemaType.String), ["status"] = Of(JsonSchemaType.Integer), ["traceId"] = Of(JsonSchemaType.String),
                ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(JsonSchemaType.String) } },
            },
        };
    }
}
