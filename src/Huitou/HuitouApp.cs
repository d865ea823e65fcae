using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Huitou.Backups;
using Huitou.Custody.Public;
using Huitou.Demo;
using Huitou.House;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Shell;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.WebEncoders;

namespace Huitou;

/// <summary>Puts the house together: services of kernel and modules, and the way a request takes through them.</summary>
public static class HuitouApp
{
    /// <summary>Largest upload, bytes: an import of a million rows.</summary>
    public const long LargestUpload = 256L * 1024 * 1024;

    /// <summary>Makes the application. <paramref name="configure"/> is for tests: another clock, another server.</summary>
    public static WebApplication Create(Settings settings, Engine engine, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(HuitouApp).Assembly.GetName().Name,
            EnvironmentName = settings.Production ? Environments.Production : Environments.Development,
        });
        builder.WebHost.UseUrls(settings.Urls.Split(';'));
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestUpload;
            // What is longer than these Kestrel refuses with a bare status; up to these Faults says in words what is too long.
            kestrel.Limits.MaxRequestLineSize = 8 * Faults.LongestAddress;
            kestrel.Limits.MaxRequestHeadersTotalSize = 4 * Faults.MostHeaders;
        });
        Telemetry.Configure(builder, settings);

        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddKernel(engine, Rooms.All, builder.Configuration, typeof(Page).Assembly);
        services.AddSingleton<ICommand, NewCompany>();
        services.AddSingleton<ICommand, RemoveDemo>();
        services.AddSingleton<ICommand, BackupKeyCommand>();
        services.AddSingleton<ICommand, BackupCommand>();
        services.AddSingleton<ICommand, RestoreCommand>();
        services.AddSingleton<ICommand, SupportBundle>();
        services.AddSingleton<IBeforeServing, NoDemoInProduction>();
        services.AddSingleton<DemoMaking>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<CalendarClock>());
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddSingleton<PaperPdf>();
        services.AddMemoryCache();
        services.AddAuthentication();
        services.AddAuthorization();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "ht-form";
            antiforgery.HeaderName = "X-Form-Token";
        });
        services.AddOpenApi("v1", ApiDescription.Configure);
        services.AddProblemDetails();
        // Chinese leaves as Chinese, not as &#x4F60; a third of the bytes.
        services.Configure<WebEncoderOptions>(web => web.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
        });
        // What cannot be read is answered in one place, and there by the name of the field.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.Configure<FormOptions>(form =>
        {
            form.MultipartBodyLengthLimit = LargestUpload;
            form.ValueLengthLimit = 1024 * 1024;
        });
        services.Configure<RequestLocalizationOptions>(languages =>
        {
            var cultures = Texts.Languages.Select(CultureInfo.GetCultureInfo).ToList();
            languages.SupportedCultures = cultures;
            languages.SupportedUICultures = cultures;
            languages.DefaultRequestCulture = new RequestCulture(Texts.Languages[0]);
            languages.RequestCultureProviders = [new CookieRequestCultureProvider { CookieName = "ht-language" }, new AcceptLanguageHeaderRequestCultureProvider()];
        });
        configure?.Invoke(builder);

        var app = builder.Build();
        Pipeline(app);
        return app;
    }

    // After a form was sent the browser goes on with a GET, and says so (303): what Turbo and RFC 9110 want.
    private static Task SeeOther(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.OnStarting(() =>
            {
                if (http.Response.StatusCode == StatusCodes.Status302Found) http.Response.StatusCode = StatusCodes.Status303SeeOther;
                return Task.CompletedTask;
            });
        }

        return next(http);
    }

    // The page that says what was wrong is read, also where a form was sent: sent again it would be refused for a handler that page has not.
    private static async Task ShowAgain(HttpContext http, RequestDelegate next)
    {
        var method = http.Request.Method;
        if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null || http.Features.Get<IExceptionHandlerPathFeature>() is not null) http.Request.Method = HttpMethods.Get;
        await next(http);
        http.Request.Method = method;
    }

    // The framework notes that a form's token is missing and leaves the refusal to who reads the form; who is sent none would act all the same.
    private static Task NoForgery(HttpContext http, RequestDelegate next) =>
        http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } ? throw new BadHttpRequestException("The form's token is missing or of another session.") : next(http);

    // A list that goes on by cursor would answer an old caller's page=2 with its first page again, and nobody would notice.
    private static Task CursorsOnly(HttpContext http, RequestDelegate next)
    {
        var parameters = http.Request.Query.ContainsKey("page") && UnitOfWork.IsApi(http) ? http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [] : [];
        if (parameters.Any(p => p.Name == "cursor") && parameters.All(p => p.Name != "page")) throw new BadInput([("page", http.RequestServices.GetRequiredService<Texts>()["kernel.page-is-cursor"])]);
        return next(http);
    }

    private static void Pipeline(WebApplication app)
    {
        var first = app.Services.GetRequiredService<FirstAnswer>();
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            http.Response.OnCompleted(() =>
            {
                first.Given();
                return Task.CompletedTask;
            });
            return next(http);
        });
        app.UseTrustedProxies(app.Services.GetRequiredService<Settings>().Proxies);
        app.UseMiddleware<SecurityHeaders>();
        app.Use(SeeOther);
        app.UseRequestLocalization();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = true });
        app.UseWhen(http => !UnitOfWork.IsApi(http), pages => pages.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true));
        app.Use(ShowAgain);
        app.UseMiddleware<Faults>();
        app.UseMiddleware<WhileMaking>();
        app.UseRouting();
        app.UseMiddleware<Admission>();
        app.UseAuthentication();
        app.UseMiddleware<WhoIsMiddleware>();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(NoForgery);
        app.Use(CursorsOnly);
        app.UseMiddleware<PaperPages>();
        app.UseMiddleware<UnitOfWork>();
        app.UseMiddleware<SecretReading>();

        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddAdditionalAssemblies([typeof(Page).Assembly, .. Rooms.All.Select(room => room.Assembly).Where(assembly => assembly != typeof(App).Assembly)]);
        var doors = app.MapGroup("").AddEndpointFilterFactory(WholeBody.Filter).AddEndpointFilterFactory(AskedDays.Filter);
        foreach (var room in Rooms.All) room.MapEndpoints(doors);
        Health.Map(app);
        Navigation.Map(app);
        app.MapShell();
        app.MapOpenApi("/api/{documentName}/openapi.json").OpenToAll("The description of the API holds no data.");
        app.Map("/api/{**rest}", (HttpContext http, Texts texts) => Faults.WriteProblemAsync(http, http.Response.StatusCode = StatusCodes.Status404NotFound, texts["kernel.not-there"]))
            .OpenToAll("Says that there is no such endpoint.").ExcludeFromDescription();
    }
}
