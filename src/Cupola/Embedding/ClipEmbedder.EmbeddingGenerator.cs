using Microsoft.Extensions.AI;
using static System.FormattableString;

namespace Cupola.Embedding;

/// <summary>
/// The embedder as Microsoft.Extensions.AI knows one, for texts and for pictures (<see cref="DataContent"/> with the bytes
/// of a file), so that it fits wherever an <see cref="IEmbeddingGenerator"/> does.
/// </summary>
public sealed partial class ClipEmbedder : IEmbeddingGenerator<string, Embedding<float>>, IEmbeddingGenerator<DataContent, Embedding<float>>
{
    Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<string, Embedding<float>>.GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        return Task.FromResult(Generated(EmbedTexts(texts, progress: null, cancellationToken)));
    }

    Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<DataContent, Embedding<float>>.GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        GeneratedEmbeddings<Embedding<float>> generated = [];
        foreach (DataContent[] pictures in values.Chunk(PicturesPerThread * _threads))
        {
            byte[] pixels = new byte[pictures.Length * Preprocessing.ByteCount];
            for (int index = 0; index < pictures.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = pictures[index].Name ?? Invariant($"picture {generated.Count + index + 1}");
                using Images.RgbImage image = Images.ImageDecoder.DecodeShared(pictures[index].Data.ToArray(), name, orient: false, cancellationToken);
                Preprocessing.Apply(image, pixels.AsSpan(index * Preprocessing.ByteCount));
            }

            generated.AddRange(Generated(EmbedPixels(pixels, pictures.Length, cancellationToken)));
        }

        return Task.FromResult(generated);
    }

    object? IEmbeddingGenerator.GetService(Type serviceType, object? serviceKey) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("cupola", defaultModelId: WeightsPath, defaultModelDimensions: Config.EmbeddingDimension)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    private static GeneratedEmbeddings<Embedding<float>> Generated(EmbeddingMatrix embeddings) =>
        [.. Enumerable.Range(0, embeddings.Count).Select(index => new Embedding<float>(embeddings[index].ToArray()))];
}
