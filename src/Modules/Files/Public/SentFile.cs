using Huitou.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Huitou.Files.Public;

/// <summary>A file sent to the machine door, as it streams in: nothing of it is held in memory.</summary>
public static class SentFile
{
    /// <summary>The body itself, or the first file of a multipart body, with the name it was sent under.</summary>
    /// <param name="http">The request.</param>
    /// <param name="plainName">Name of a body that came bare.</param>
    /// <param name="missingKey">Text key that says there is no file.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="Refused">A multipart body without a file.</exception>
    public static async Task<(Stream Body, string Name)> OfAsync(HttpContext http, string plainName, string missingKey, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return (http.Request.Body, plainName);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary)) throw new Refused(missingKey);
        var reader = new MultipartReader(boundary, http.Request.Body);
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (section.AsFileSection() is { FileStream: not null } file) return (file.FileStream, file.FileName);
        }

        throw new Refused(missingKey);
    }
}
