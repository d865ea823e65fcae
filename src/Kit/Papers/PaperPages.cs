using System.Text;
using Huitou.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Huitou.Kit;

/// <summary>Marks a page that is a paper (its sheet has the class <c>paper-sheet</c>): with <c>?as=pdf</c> it comes as a PDF. On an endpoint of the machine door: always.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PaperAttribute : Attribute
{
    public bool Always { get; init; }
}

/// <summary>
/// Turns a paper's page into a PDF on its way out: the same page, the same permission, the same look at a secret file in the audit. Stands outside of
/// the transaction, which has ended when the tool begins.
/// </summary>
public sealed class PaperPages(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http, PaperPdf papers, Texts texts)
    {
        var paper = http.GetEndpoint()?.Metadata.GetMetadata<PaperAttribute>();
        if (paper is null || !HttpMethods.IsGet(http.Request.Method) || !(paper.Always || http.Request.Query["as"] == "pdf"))
        {
            await next(http);
            return;
        }

        if (!papers.IsHere)
        {
            await WithoutAsync(http, texts);
            return;
        }

        var (body, page) = (http.Response.Body, new MemoryStream());
        http.Response.Body = page;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        page.Position = 0;
        if (http.Response.StatusCode != StatusCodes.Status200OK || http.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true)
        {
            await page.CopyToAsync(body, http.RequestAborted);
            return;
        }

        var sheet = PaperHtml.Of(Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length), System.Globalization.CultureInfo.CurrentUICulture.Name) ?? throw new InvalidOperationException("A page marked as a paper has no element of the class paper-sheet.");
        var pdf = await papers.MakeAsync(sheet, http.RequestAborted);
        http.Response.ContentType = "application/pdf";
        http.Response.ContentLength = pdf.Length;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileNameStar = FileName(sheet.Title) }.ToString();
        await body.WriteAsync(pdf, http.RequestAborted);
    }

    /// <summary>What the file is called: the paper's heading.</summary>
    public static string FileName(string title) => new string([.. title.Where(c => !char.IsControl(c) && !Path.GetInvalidFileNameChars().Contains(c) && c is not ('"' or '\\' or ':'))]).Trim() is { Length: > 0 } name ? (name.Length > 100 ? name[..100] : name) + ".pdf" : "paper.pdf";

    // The page says so itself, and offers the browser's print.
    private static Task WithoutAsync(HttpContext http, Texts texts)
    {
        if (UnitOfWork.IsApi(http)) return Faults.WriteProblemAsync(http, http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable, texts["kit.paper.no-tool"], code: "kit.paper.no-tool");
        http.Response.Redirect(http.Request.PathBase + http.Request.Path);
        return Task.CompletedTask;
    }
}
