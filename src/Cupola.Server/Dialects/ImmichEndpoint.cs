using System.Text;
using System.Text.Json;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using static System.FormattableString;

namespace Cupola.Server.Dialects;

/// <summary>
/// <c>POST /predict</c> as immich's server sends it to its machine learning: a form with <c>entries</c> (JSON that says which
/// model does what) and an <c>image</c> or a <c>text</c>. The answer's <c>clip</c> is a text that holds a JSON list.
/// </summary>
internal sealed class ImmichEndpoint(EmbeddingQueue queue, RequestImages images, RequestBody body, ServiceSettings settings)
{
    private const int MostParts = 8;

    /// <summary>Characters of a form's boundary (RFC 2046, section 5.1.1).</summary>
    private const int MostBoundary = 70;

    /// <summary>Embeds an image or a text.</summary>
    public async Task<IResult> PredictAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        Dictionary<string, ReadOnlyMemory<byte>> form = await ReadAsync(context, cancellation);
        if (!form.TryGetValue("entries", out ReadOnlyMemory<byte> entries))
        {
            throw RequestException.Unprocessable("The form has no 'entries'.", "entries");
        }

        bool isVisual = ReadEntries(entries);
        if (isVisual)
        {
            DecodedImage image = form.TryGetValue("image", out ReadOnlyMemory<byte> file)
                ? await images.PrepareAsync(file, "image", cancellation)
                : throw RequestException.Bad("Either image or text must be provided: an image for 'visual'.", "image");
            float[] vector = (await queue.EmbedImagesAsync([image.Pixels], cancellation))[0];
            return Results.Json(new ImmichResponse(Numbers(vector), image.Height, image.Width), Answers.Json);
        }

        string text = form.TryGetValue("text", out ReadOnlyMemory<byte> words)
            ? images.Check(Encoding.UTF8.GetString(words.Span), "text")
            : throw RequestException.Bad("Either image or text must be provided: a text for 'textual'.", "text");
        return Results.Json(
            new ImmichResponse(Numbers((await queue.EmbedTextsAsync([text], cancellation))[0]), null, null),
            Answers.Json
        );
    }

    private static string Numbers(float[] vector) => JsonSerializer.Serialize(vector, Answers.Json);

    /// <summary>Whether an image is to be embedded, and not a text.</summary>
    /// <exception cref="RequestException">It is neither, or another model is meant.</exception>
    private bool ReadEntries(ReadOnlyMemory<byte> entries)
    {
        JsonElement root = Parse(entries);
        JsonProperty[] tasks = root.ValueKind == JsonValueKind.Object ? [.. root.EnumerateObject()] : [];
        if (tasks is not [{ Name: "clip", Value.ValueKind: JsonValueKind.Object } clip])
        {
            string others = string.Join(", ", tasks.Take(4).Select(static task => task.Name));
            throw RequestException.Unprocessable(
                tasks.Length == 0
                    ? "'entries' must be JSON as {\"clip\":{\"visual\":{\"modelName\":\"ViT-B-32__openai\"}}}."
                    : $"This service does CLIP alone, and no {others}; "
                        + "name immich's own machine learning behind it, which does the rest.",
                "entries"
            );
        }

        if (
            clip.Value.EnumerateObject().ToArray() is not [{ Name: "visual" or "textual" } type]
            || type.Value.ValueKind != JsonValueKind.Object
            || !type.Value.TryGetProperty("modelName", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
        )
        {
            throw RequestException.Unprocessable("'clip' has one of 'visual' and 'textual', with a 'modelName'.", "entries");
        }

        return settings.IsModel(name.GetString()!)
            ? type.Name == "visual"
            : throw RequestException.Unprocessable(
                $"The model here is '{settings.ModelName}', and not '{name.GetString()}'; choose it in immich, or start the "
                    + "service with --any-model.",
                "entries"
            );
    }

    private JsonElement Parse(ReadOnlyMemory<byte> entries)
    {
        try
        {
            using JsonDocument document = Files.UnicodeJson.Parse(entries, new() { MaxDepth = settings.Limits.JsonDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw RequestException.Unprocessable("'entries' is not JSON.", "entries");
        }
    }

    /// <summary>The parts of the form by their names.</summary>
    private async Task<Dictionary<string, ReadOnlyMemory<byte>>> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        string? boundary =
            MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
                ? HeaderUtilities.RemoveQuotes(type.Boundary).Value
                : null;
        if (string.IsNullOrEmpty(boundary))
        {
            throw RequestException.Unprocessable("The body must be a form (multipart/form-data) with a boundary.");
        }

        if (boundary.Length > MostBoundary)
        {
            throw RequestException.Unprocessable(Invariant($"A form's boundary has at most {MostBoundary} characters."));
        }

        ReadOnlyMemory<byte> bytes = await body.ReadBytesAsync(context, cancellation);
        Dictionary<string, ReadOnlyMemory<byte>> form = new(StringComparer.Ordinal);
        try
        {
            using MemoryStream stream = new(bytes.ToArray(), writable: false);
            MultipartReader reader = new(boundary, stream) { BodyLengthLimit = settings.Limits.BodyBytes };
            while (await reader.ReadNextSectionAsync(cancellation) is { } section)
            {
                if (form.Count == MostParts)
                {
                    throw RequestException.Unprocessable("The form has too many parts.");
                }

                using MemoryStream part = new();
                await section.Body.CopyToAsync(part, cancellation);
                string name = section.GetContentDispositionHeader()?.Name.Value ?? "";
                form.TryAdd(HeaderUtilities.RemoveQuotes(name).Value!, part.GetBuffer().AsMemory(0, (int)part.Length));
            }
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            throw RequestException.Unprocessable("The form is incomplete, or not one.");
        }

        return form;
    }
}

/// <summary>An embedding in immich's form.</summary>
/// <param name="Clip">A text that holds a JSON list of numbers.</param>
/// <param name="ImageHeight">Rows of the image.</param>
/// <param name="ImageWidth">Pixels a row of the image.</param>
internal sealed record ImmichResponse(string Clip, int? ImageHeight, int? ImageWidth);

/// <summary>What immich's machine learning says of itself.</summary>
/// <param name="Message">"Immich ML".</param>
internal sealed record ImmichRoot(string Message);
