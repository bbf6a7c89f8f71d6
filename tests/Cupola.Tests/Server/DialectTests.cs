using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Cupola.Tests.Server;

/// <summary>What immich, Weaviate and clip-retrieval ask, byte for byte.</summary>
public sealed class DialectTests(RunningService service) : IClassFixture<RunningService>
{
    private const string Boundary = "----formdata-undici-091583240168";

    private static ClipEmbedder Model => RunningService.Model;

    [Fact]
    public async Task ImmichsServerGetsAnImagesEmbeddingAsATextThatHoldsJson()
    {
        Answer answer = await PredictAsync(
            Entries("""{"clip":{"visual":{"modelName":"flags"}}}"""),
            Image(await File.ReadAllBytesAsync(service.At("red.png"), TestContext.Current.CancellationToken))
        );

        string numbers = JsonSerializer.Serialize(Model.EmbedImages([service.At("red.png")]).Single().Vector);
        Assert.Equal($$"""{"clip":"{{numbers}}","imageHeight":16,"imageWidth":16}""", answer.Text);
    }

    [Fact]
    public async Task ImmichsServerGetsATextsEmbeddingAndTheOrderOfPartsIsFree()
    {
        string entries = Entries("""{"clip":{"textual":{"modelName":"flags","options":{"language":"en-null"}}}}""");

        string numbers = JsonSerializer.Serialize(Model.EmbedTexts(["a red flag"])[0].ToArray());
        string expected = $$"""{"clip":"{{numbers}}"}""";
        Assert.Equal(expected, (await PredictAsync(entries, Text("a red flag"))).Text);
        Assert.Equal(expected, (await PredictAsync(Text("a red flag"), entries)).Text);
    }

    [Fact]
    public async Task OtherClientsFormsAreReadToo()
    {
        using MultipartFormDataContent form = new("a boundary in quotation marks")
        {
            { new StringContent("""{"clip":{"textual":{"modelName":"flags"}}}"""), "entries" },
            { new StringContent("a red flag"), "text" },
        };

        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(new(HttpMethod.Post, "/predict") { Content = form })).Status);
    }

    [Theory]
    [InlineData("""{"clip":{"visual":{"modelName":"ViT-B-32__openai"}}}""", 422, "The model here is 'flags'")]
    [InlineData("""{"facial-recognition":{"detection":{"modelName":"buffalo_l"}}}""", 422, "no facial-recognition")]
    [InlineData("""{"ocr":{"detection":{"modelName":"PP-OCRv5_mobile"}}}""", 422, "no ocr")]
    [InlineData("""[{"clip":{}}]""", 422, "must be JSON as")]
    [InlineData("""{"clip":{"visual":{}}}""", 422, "'modelName'")]
    [InlineData("""{"clip":[]}""", 422, "does CLIP alone")]
    [InlineData("no json", 422, "not JSON")]
    [InlineData("""{"clip":{"visual":{"modelName":"flags"}}}""", 400, "Either image or text must be provided")]
    public async Task WhatImmichCannotHaveIsAProblem(string entries, int status, string words)
    {
        Answer answer = await PredictAsync(Entries(entries), Text("a red flag"));

        Assert.Equal((status, "application/problem+json"), ((int)answer.Status, answer.Type));
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABoundaryThatIsTooLongIsAProblem()
    {
        ByteArrayContent content = new([]);
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={new string('a', 5000)}");

        Answer answer = await service.SendAsync(new(HttpMethod.Post, "/predict") { Content = content });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("at most 70 characters", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImmichsServerFindsTheServiceAlive()
    {
        Answer ping = await service.GetAsync("/ping");
        HttpRequestMessage root = new(HttpMethod.Get, "/");
        root.Headers.Accept.Add(new("application/json"));

        Assert.Equal(("pong", "text/plain"), (ping.Text, ping.Type));
        Assert.Equal("""{"message":"Immich ML"}""", (await service.SendAsync(root)).Text);
    }

    [Fact]
    public async Task ABrowserGetsThePageAtTheSameAddress()
    {
        HttpRequestMessage root = new(HttpMethod.Get, "/");
        root.Headers.Accept.Add(new("text/html"));

        Answer page = await service.SendAsync(root);

        Assert.Equal("text/html", page.Type);
        Assert.Contains(
            "default-src 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/page/../appsettings.json")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/page/%2e%2e%2fCupola.dll")).Status);
    }

    [Fact]
    public async Task WeaviateGetsItsVectors()
    {
        string request = JsonSerializer.Serialize(
            new { texts = new[] { "a red flag" }, images = new[] { RunningService.Base64(service.At("red.png")) } }
        );

        string text = JsonSerializer.Serialize(Model.EmbedTexts(["a red flag"])[0].ToArray()),
            image = JsonSerializer.Serialize(Model.EmbedImages([service.At("red.png")]).Single().Vector);
        Assert.Equal(
            $$"""{"textVectors":[{{text}}],"imageVectors":[{{image}}]}""",
            (await service.PostAsync("/vectorize", request)).Text
        );
        Assert.Equal(
            """{"textVectors":[],"imageVectors":[]}""",
            (await service.PostAsync("/vectorize", """{"texts":[],"images":null}""")).Text
        );
        Assert.Equal(HttpStatusCode.NoContent, (await service.GetAsync("/.well-known/live")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.GetAsync("/.well-known/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/meta")).Status);
    }

    [Fact]
    public async Task ClipRetrievalsClientFindsImages()
    {
        string image = RunningService.Base64(service.At("red.png"));

        JsonElement found = (
            await service.PostAsync(
                "/knn-service",
                new
                {
                    image,
                    modality = "image",
                    num_images = 2,
                    num_result_ids = 2,
                    indice_name = "laion",
                }
            )
        ).Json;

        Assert.Equal(2, found.GetArrayLength());
        Assert.Equal("red", found[0].GetProperty("text").GetString());
        Assert.Equal(1, found[0].GetProperty("similarity").GetDouble(), 2e-3);
        Assert.StartsWith("/9j/", found[0].GetProperty("image").GetString(), StringComparison.Ordinal);
        Answer file = await service.GetAsync(found[0].GetProperty("url").GetString()!);
        Assert.Equal(await File.ReadAllBytesAsync(service.At("red.png"), TestContext.Current.CancellationToken), file.Bytes);
    }

    /// <summary>A form as Node's fetch writes it, which immich's server sends.</summary>
    private Task<Answer> PredictAsync(params string[] parts)
    {
        byte[] bytes = Encoding.Latin1.GetBytes($"{string.Concat(parts)}--{Boundary}--\r\n");
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");
        return service.SendAsync(new(HttpMethod.Post, "/predict") { Content = content });
    }

    private static string Entries(string json) => Field("entries", json);

    private static string Text(string text) => Field("text", text);

    private static string Field(string name, string value) =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string Image(byte[] bytes) =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"blob\"\r\n"
        + $"Content-Type: application/octet-stream\r\n\r\n{Encoding.Latin1.GetString(bytes)}\r\n";
}
