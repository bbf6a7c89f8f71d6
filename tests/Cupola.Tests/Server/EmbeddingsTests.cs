using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cupola.Tests.Server;

/// <summary><c>/v1/embeddings</c> in OpenAI's form, Jina's and Infinity's, byte for byte.</summary>
public sealed class EmbeddingsTests(RunningService service) : IClassFixture<RunningService>
{
    private const string Path = "/v1/embeddings";

    private static ClipEmbedder Model => RunningService.Model;

    private string Red => RunningService.Base64(service.At("red.png"));

    [Theory]
    [InlineData("""{"input":"a red flag"}""")]
    [InlineData("""{"input":["a red flag"],"model":null,"user":"somebody","dimensions":0}""")]
    [InlineData("""{"input":[{"text":"a red flag"}],"model":"flags","normalized":true,"embedding_type":"float"}""")]
    [InlineData("""{"input":"a red flag","modality":"text","encoding_format":"float"}""")]
    public async Task ATextIsAListOfNumbers(string request)
    {
        Answer answer = await service.PostAsync(Path, request);

        int tokens = Model.Tokenizer.Encode("a red flag").Ids.Length;
        Assert.Equal(Expected([Model.EmbedTexts(["a red flag"])[0].ToArray()], tokens), answer.Text);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.Type));
    }

    [Fact]
    public async Task Base64IsTheBytesOfTheSameNumbers()
    {
        Answer answer = await service.PostAsync(Path, """{"input":"a red flag","encoding_format":"base64"}""");

        string text = answer.Json.GetProperty("data")[0].GetProperty("embedding").GetString()!;
        float[] numbers = [.. MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(text))];
        Assert.Equal(Model.EmbedTexts(["a red flag"])[0].ToArray(), numbers);
    }

    [Fact]
    public async Task AnImageIsTheSameInEveryDialect()
    {
        string image = Red,
            unpadded = image.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            address = $"data:image/png;base64,{image}";
        string expected = Expected([Model.EmbedImages([service.At("red.png")]).Single().Vector!], tokens: 0);

        Assert.Equal(expected, (await service.PostAsync(Path, new { input = new[] { new { image } } })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = new[] { new { image = unpadded } } })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = new[] { new { image = address } } })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = new[] { new { url = address } } })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = new[] { address }, modality = "image" })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = image, modality = "image" })).Text);
        Assert.Equal(expected, (await service.PostAsync(Path, new { input = address })).Text);
    }

    [Fact]
    public async Task TextsAndImagesTogetherKeepTheirOrder()
    {
        object[] input = ["a red flag", new { image = Red }, new { text = "a blue flag" }];

        JsonElement data = (await service.PostAsync(Path, new { input })).Json.GetProperty("data");

        float[][] expected =
        [
            Model.EmbedTexts(["a red flag"])[0].ToArray(),
            Model.EmbedImages([service.At("red.png")]).Single().Vector!,
            Model.EmbedTexts(["a blue flag"])[0].ToArray(),
        ];
        Assert.Equal(3, data.GetArrayLength());
        foreach ((int index, JsonElement item) in data.EnumerateArray().Index())
        {
            Assert.Equal(index, item.GetProperty("index").GetInt32());
            float[] vector = item.GetProperty("embedding").Deserialize<float[]>()!;
            Assert.Equal(1, System.Numerics.Tensors.TensorPrimitives.Dot<float>(expected[index], vector), 1e-5f);
        }
    }

    /// <summary>What users of other servers sent and got a wrong answer for, or one that did not help them.</summary>
    [Theory]
    [InlineData("""{"input":[]}""", "input", "is empty")]
    [InlineData("""{"input":""}""", "input", "empty")]
    [InlineData("""{"input":["a"," "]}""", "input[1]", "empty")]
    [InlineData("""{"input":[100,201,301]}""", "input[0]", "tokens")]
    [InlineData("""{"input":[[15339,1917]]}""", "input[0]", "tokens")]
    [InlineData("""{"input":null}""", "input", "a text, or a list")]
    [InlineData("""{}""", "input", "a text, or a list")]
    [InlineData("""{"input":[{"text":"a","image":"b"}]}""", "input[0]", "one of 'text', 'image' and 'url'")]
    [InlineData("""{"input":"a","encoding_format":"md5"}""", "encoding_format", "'float' or 'base64'")]
    [InlineData("""{"input":"a","embedding_type":"ubinary"}""", "embedding_type", "'float' or 'base64'")]
    [InlineData("""{"input":"a","dimensions":32}""", "dimensions", "dimensions and cannot be cut to 32")]
    [InlineData("""{"input":"a","normalized":false}""", "normalized", "length 1")]
    [InlineData("""{"input":"a","modality":"audio"}""", "modality", "'text' or 'image'")]
    [InlineData("""{"input":"a","dimensions":"many"}""", "dimensions", "not what is asked for")]
    [InlineData("""{"input":[{"image":"/etc/passwd"}]}""", "input[0].image", "not an image that can be read")]
    [InlineData("""{"input":[{"image":"../../red.png"}]}""", "input[0].image", "paths are not read")]
    [InlineData("""{"input":[{"url":"http://169.254.169.254/latest"}]}""", "input[0].url", "fetches no addresses")]
    [InlineData("""{"input":[{"url":"file:///etc/passwd"}]}""", "input[0].url", "paths are not read")]
    public async Task WhatCannotBeAnsweredIsASentenceThatNamesItsPart(string request, string parameter, string words)
    {
        Answer answer = await service.PostAsync(Path, request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, answer.Parameter);
        Assert.Contains(words, answer.Message, StringComparison.Ordinal);
    }

    /// <summary>clip-as-service took such a text for a file (its issue 880).</summary>
    [Theory]
    [InlineData("struct StreamityCrowdsale.Ico")]
    [InlineData("/etc/passwd")]
    [InlineData("https://example.org/a.jpg")]
    public async Task ATextThatLooksLikeAFileIsAText(string text)
    {
        Answer answer = await service.PostAsync(Path, new { input = text });

        Assert.Equal(Expected([Model.EmbedTexts([text])[0].ToArray()], Model.Tokenizer.Encode(text).Ids.Length), answer.Text);
    }

    /// <summary>vLLM answered 500 to a cut image (its pull request 38253); Weaviate's container to a PNG (its issue 1).</summary>
    [Fact]
    public async Task ACutImageIsTheSendersMistake()
    {
        byte[] whole = await File.ReadAllBytesAsync(
            SharedFolder.Own("pictures", "remark.jpg"),
            TestContext.Current.CancellationToken
        );

        Answer answer = await service.PostAsync(
            Path,
            new { input = new[] { new { image = Convert.ToBase64String(whole.AsSpan(0, whole.Length / 2)) } } }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith("The image is not an image that can be read", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherModelIsNotFound()
    {
        Answer answer = await service.PostAsync(Path, """{"input":"a","model":"text-embedding-3-small"}""");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("model", answer.Parameter);
        Assert.Equal(
            """{"object":"list","data":[{"id":"flags","object":"model","created":0,"owned_by":"cupola"}]}""",
            (await service.GetAsync("/v1/models")).Text
        );
    }

    private static string Expected(float[][] vectors, int tokens) =>
        $$$"""
            {"object":"list","data":[{{{string.Join(',', vectors.Select(Item))}}}],"model":"flags",
            "usage":{"prompt_tokens":{{{tokens}}},"total_tokens":{{{tokens}}}}}
            """.ReplaceLineEndings("");

    private static string Item(float[] vector, int index) =>
        $$"""{"object":"embedding","index":{{index}},"embedding":{{JsonSerializer.Serialize(vector)}}}""";
}
