using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;

namespace Cupola.Tests.Server;

/// <summary>The clients that .NET programs have.</summary>
public sealed class OpenAiClientTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly string[] Texts = ["a red flag", "a blue flag with a star"];

    [Fact]
    public async Task TheOfficialClientGetsTheModelsNumbers()
    {
        OpenAIEmbeddingCollection answer = await Client()
            .GenerateEmbeddingsAsync(Texts, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, answer.Count);
        Assert.All(answer, (embedding, index) => AssertSame(Texts[index], embedding.ToFloats()));
        Assert.Equal("flags", answer.Model);
        Assert.True(answer.Usage.TotalTokenCount > 2);
    }

    [Fact]
    public async Task MicrosoftExtensionsAiGetsTheModelsNumbers()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = Client().AsIEmbeddingGenerator();

        GeneratedEmbeddings<Embedding<float>> answer = await generator.GenerateAsync(
            Texts,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.All(answer, (embedding, index) => AssertSame(Texts[index], embedding.Vector));
        Assert.True(answer.Usage!.TotalTokenCount > 2);
    }

    [Fact]
    public async Task TheOfficialClientReadsARefusal()
    {
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            Client().GenerateEmbeddingAsync("a", new() { Dimensions = 3 }, TestContext.Current.CancellationToken)
        );

        Assert.Equal(400, refused.Status);
        Assert.Contains("cannot be cut to 3", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(string text, ReadOnlyMemory<float> vector) =>
        Assert.Equal(
            1,
            System.Numerics.Tensors.TensorPrimitives.Dot(RunningService.Model.EmbedTexts([text])[0], vector.Span),
            1e-5f
        );

    private EmbeddingClient Client() =>
        new(
            "flags",
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new(service.Client.BaseAddress!, "/v1") }
        );
}
