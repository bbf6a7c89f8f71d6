using Microsoft.Extensions.AI;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// The embedder as Microsoft.Extensions.AI knows one, for texts and for images (<see cref="DataContent"/> with the bytes
/// of a file), so that it fits wherever an <see cref="IEmbeddingGenerator"/> does.
/// </summary>
public sealed partial class ClipEmbedder
    : IEmbeddingGenerator<string, Embedding<float>>,
        IEmbeddingGenerator<DataContent, Embedding<float>>
{
    Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<string, Embedding<float>>.GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        return Task.FromResult(Generated(EmbedTexts(texts, progress: null, cancellationToken)));
    }

    Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<DataContent, Embedding<float>>.GenerateAsync(
        IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        GeneratedEmbeddings<Embedding<float>> generated = [];
        foreach (DataContent[] images in values.Chunk(ImagesPerThread * _threads))
        {
            byte[] pixels = new byte[images.Length * Preprocessing.ByteCount];
            for (int index = 0; index < images.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = images[index].Name ?? Invariant($"image {generated.Count + index + 1}");
                using Images.RgbImage image = Images.ImageDecoder.DecodeShared(
                    images[index].Data.ToArray(),
                    name,
                    orient: false,
                    cancellationToken
                );
                Preprocessing.Apply(image, pixels.AsSpan(index * Preprocessing.ByteCount));
            }

            generated.AddRange(Generated(EmbedPixels(pixels, images.Length, cancellationToken)));
        }

        return Task.FromResult(generated);
    }

    object? IEmbeddingGenerator.GetService(Type serviceType, object? serviceKey) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata(
                "cupola",
                defaultModelId: WeightsPath,
                defaultModelDimensions: Config.EmbeddingDimension
            )
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    private static GeneratedEmbeddings<Embedding<float>> Generated(EmbeddingMatrix embeddings) =>
        [.. Enumerable.Range(0, embeddings.Count).Select(index => new Embedding<float>(embeddings[index].ToArray()))];
}
