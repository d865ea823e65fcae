using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Dom.Events;
using AngleSharp.Html.Parser;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Huitou.Tests;

/// <summary>What a person without script does: opens pages, fills forms, presses buttons. Keeps cookies, follows redirects when told.</summary>
public sealed class Browser
{
    private readonly HttpClient http;
    private readonly CookieContainer cookies = new();
    private static readonly Uri Site = new("http://localhost");

    private Browser(TestHost host)
    {
        http = new HttpClient(new CookieHandler(host.App.GetTestServer().CreateHandler(), cookies)) { BaseAddress = Site };
    }

    /// <summary>Nobody yet.</summary>
    public static Browser New(TestHost host) => new(host);

    /// <summary>With a sign-in cookie as the sign-in page would give, made without the slow password hash.</summary>
    /// <param name="host">Gives the session.</param>
    /// <param name="company">Where they work.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="at">The node that is asked; the same one when not given.</param>
    public static Browser SignedIn(TestHost host, Company company, Guid account, TestHost? at = null)
    {
        var browser = new Browser(at ?? host);
        var options = host.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var now = host.Clock.GetUtcNow();
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, account.ToString()), new("stamp", account.ToString()), new("company", company.Id.ToString())], IdentityConstants.ApplicationScheme);
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(identity), new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(12) }, IdentityConstants.ApplicationScheme);
        browser.cookies.Add(Site, new Cookie(options.Cookie.Name!, options.TicketDataFormat.Protect(ticket)));
        return browser;
    }

    /// <summary>Adds a header to every request (an API key, a language).</summary>
    public Browser With(string header, string value)
    {
        http.DefaultRequestHeaders.Remove(header);
        http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        return this;
    }

    /// <summary>Puts a cookie into the browser, as somebody else might have done.</summary>
    public Browser Holding(string cookie, string value)
    {
        cookies.Add(Site, new Cookie(cookie, value));
        return this;
    }

    public Task<HttpResponseMessage> GetAsync(string address) => http.GetAsync(address);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request);

    /// <summary>Opens a page and fails unless it is there.</summary>
    public async Task<OpenPage> OpenAsync(string address)
    {
        var response = await http.GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"GET {address}: {(int)response.StatusCode} {response.Headers.Location} {Short(text)}");
        return new OpenPage(this, address, Parse(text, address), response);
    }

    /// <summary>Opens what may be a page, another's, or none: no page where it does not answer 200 with one.</summary>
    public async Task<(OpenPage? Page, HttpStatusCode Status)> LookAsync(string address)
    {
        var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        var isPage = response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == "text/html";
        return (isPage ? new OpenPage(this, address, Parse(await response.Content.ReadAsStringAsync(), address), response) : null, response.StatusCode);
    }

    internal async Task<(HttpResponseMessage Response, IHtmlDocument Document)> PostAsync(string address, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var response = await http.PostAsync(address, new FormUrlEncodedContent(fields));
        return (response, Parse(await response.Content.ReadAsStringAsync(), response.Headers.Location is null ? address : null));
    }

    /// <summary>Calls the API with JSON (cookie callers send the header that proves they are our own script).</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> ApiAsync(HttpMethod method, string address, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add("X-Huitou", "1");
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body is not null) request.Content = JsonContent.Create(body);
        var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        JsonElement json = default;
        if (text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true) json = JsonDocument.Parse(text).RootElement;
        return (response.StatusCode, json, response);
    }

    // Frames have no doctype, and a control sign somebody typed is theirs.
    private static readonly HashSet<HtmlParseError> Borne = [HtmlParseError.DoctypeMissing, HtmlParseError.CharacterReferenceInvalidCode, HtmlParseError.CharacterReferenceInvalidNumber, HtmlParseError.CharacterReferenceInvalidRange];

    // What a person is shown is well-formed: a browser mends what is not, and a box that belongs to no form or a link that ends early goes unseen.
    // What goes with a redirect is shown to nobody.
    private static IHtmlDocument Parse(string html, string? address)
    {
        var parser = new HtmlParser();
        var wrong = new List<string>();
        parser.Error += (_, e) =>
        {
            if (e is HtmlErrorEvent error && !Borne.Contains((HtmlParseError)error.Code)) wrong.Add($"{error.Message} {html[Math.Max(0, error.Position.Index - 120)..Math.Min(html.Length, error.Position.Index + 20)]}");
        };
        var document = parser.ParseDocument(html);
        Assert.True(address is null || wrong.Count == 0, $"{address} is not well-formed: {string.Join('\n', wrong.Take(5))}");
        var twice = document.All.Where(e => e.Id is { Length: > 0 }).GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        Assert.True(address is null || twice.Count == 0, $"{address} has ids that stand twice, so that a label or a link finds the wrong one: {string.Join(", ", twice)}");
        return document;
    }

    internal static string Short(string text) => text.Length > 600 ? text[..600] : text;

    private sealed class CookieHandler(HttpMessageHandler inner, CookieContainer cookies) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var header = cookies.GetCookieHeader(Site);
            if (header.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", header);
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                // The server's clock is the test's, the container's is the wall's: an end that is not a deletion is left out.
                foreach (var cookie in set) cookies.SetCookies(Site, cookie.Contains("1970", StringComparison.Ordinal) ? cookie : System.Text.RegularExpressions.Regex.Replace(cookie, @"expires=[^;]+;?\s?", "", System.Text.RegularExpressions.RegexOptions.IgnoreCase));
            }

            return response;
        }
    }
}

/// <summary>A page in front of a person.</summary>
public sealed class OpenPage(Browser browser, string address, IHtmlDocument document, HttpResponseMessage response)
{
    public IHtmlDocument Document { get; } = document;
    public HttpResponseMessage Response { get; } = response;
    /// <summary>Everything readable on it.</summary>
    public string Text => Document.Body?.TextContent ?? "";

    /// <summary>
    /// Fills the form with this name and sends it, as the browser would: hidden fields, defaults and the given values.
    /// Returns what came back without following a redirect.
    /// </summary>
    public async Task<Answer> SubmitAsync(string form, params (string Field, string Value)[] values)
    {
        var element = FormOf(form);
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var input in element.QuerySelectorAll("input, select, textarea"))
        {
            var name = input.GetAttribute("name");
            if (string.IsNullOrEmpty(name) || input.HasAttribute("disabled") || values.Any(v => v.Field == name)) continue;
            switch (input)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio" } box:
                    if (box.IsChecked) fields.Add(new(name, box.Value ?? "on"));
                    break;
                case IHtmlInputElement { Type: "submit" or "button" or "file" }: break;
                case IHtmlInputElement text: fields.Add(new(name, text.Value ?? "")); break;
                case IHtmlSelectElement select: if (select.Value is { } chosen) fields.Add(new(name, chosen)); break;
                case IHtmlTextAreaElement area: fields.Add(new(name, area.Value ?? "")); break;
            }
        }

        fields.AddRange(values.Select(v => new KeyValuePair<string, string>(v.Field, v.Value)));
        return await SendAsync(element, fields);
    }

    /// <summary>Sends the form with nothing but its name and what proves that it was given out: as no browser would, but a program may.</summary>
    public Task<Answer> SubmitBareAsync(string form)
    {
        var element = FormOf(form);
        return SendAsync(element, [new("_handler", form), new("_once", Guid.NewGuid().ToString()), .. element.QuerySelectorAll("input[name='__RequestVerificationToken']").Select(i => new KeyValuePair<string, string>("__RequestVerificationToken", i.GetAttribute("value")!))]);
    }

    /// <summary>Opens the same page with something asked in its address; what came of it.</summary>
    public async Task<HttpStatusCode> AskAsync(string query) => (await browser.LookAsync($"{address.Split('?')[0]}?{query}")).Status;

    private IHtmlFormElement FormOf(string form) =>
        Document.Forms.FirstOrDefault(f => f.QuerySelector($"input[name='_handler'][value='{form}']") is not null || f.GetAttribute("data-form") == form)
            ?? throw new InvalidOperationException($"No form '{form}' on {address}. There are: " + string.Join(", ", Document.QuerySelectorAll("input[name='_handler']").Select(i => i.GetAttribute("value"))));

    private async Task<Answer> SendAsync(IHtmlFormElement form, List<KeyValuePair<string, string>> fields)
    {
        var action = form.GetAttribute("action");
        var (sent, page) = await browser.PostAsync(string.IsNullOrEmpty(action) ? address : action, fields);
        return new Answer(browser, sent, page);
    }
}

/// <summary>What came back from a form.</summary>
public sealed class Answer(Browser browser, HttpResponseMessage response, IHtmlDocument document)
{
    public HttpStatusCode Status => response.StatusCode;
    public string Text => document.Body?.TextContent ?? "";
    public IHtmlDocument Document => document;
    public HttpResponseMessage Response => response;
    public string? Location => response.Headers.Location?.OriginalString is { } l && Uri.TryCreate(l, UriKind.Absolute, out var full) && full.Scheme.StartsWith("http", StringComparison.Ordinal) ? full.PathAndQuery : response.Headers.Location?.OriginalString;

    /// <summary>Fails unless the act succeeded, and opens where it leads.</summary>
    public async Task<OpenPage> FollowAsync()
    {
        Assert.True(Status is HttpStatusCode.Redirect or HttpStatusCode.SeeOther, $"{(int)Status} {Browser.Short(Text)}");
        return await browser.OpenAsync(Location!);
    }
}
