using Microsoft.Extensions.AI;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// The embedder as Microsoft.Extensions.AI knows one, for texts and for images (<see cref="DataContent"/> with the bytes of a
/// file), so that it fits wherever an <see cref="IEmbeddingGenerator"/> does.
/// </summary>
public sealed partial class ClipEmbedder
    : IEmbeddingGenerator<string, Embedding<float>>,
        IEmbeddingGenerator<DataContent, Embedding<float>>
{
    async Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<string, Embedding<float>>.GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options,
        CancellationToken cancellationToken
    )
    {
        // Whatever follows is work for a thread of the pool, and what fails there fails the task.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ArgumentNullException.ThrowIfNull(values);
        Check(options);
        return Generated(EmbedTexts([.. values], progress: null, cancellationToken));
    }

    async Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<DataContent, Embedding<float>>.GenerateAsync(
        IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options,
        CancellationToken cancellationToken
    )
    {
        // Whatever follows is work for a thread of the pool, and what fails there fails the task.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ArgumentNullException.ThrowIfNull(values);
        Check(options);
        return GenerateForImages(values, cancellationToken);
    }

    /// <summary>Decodes ahead and encodes in batches, as for files; an image that cannot be read ends the task.</summary>
    private GeneratedEmbeddings<Embedding<float>> GenerateForImages(
        IEnumerable<DataContent> values,
        CancellationToken cancellationToken
    )
    {
        IEnumerable<ImageSource> images = values.Select(
            static (image, index) => ImageSource.FromBytes(image.Data, image.Name ?? Invariant($"image {index + 1}"))
        );
        GeneratedEmbeddings<Embedding<float>> generated = [];
        foreach (EmbeddedImage image in EmbedImages(images, orient: false, cache: null, cancellationToken))
        {
            generated.Add(
                image.Embedding is { } embedding ? new Embedding<float>(embedding) : throw new InvalidDataException(image.Error)
            );
        }

        return generated;
    }

    /// <summary>Options can ask for another model, or for fewer numbers, than there are here.</summary>
    /// <exception cref="ArgumentException">They do.</exception>
    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != Config.EmbeddingDimension)
        {
            throw new ArgumentException(
                Invariant($"Embeddings of {dimensions} numbers were asked for, and those of {WeightsPath} have ")
                    + Invariant($"{Config.EmbeddingDimension}."),
                nameof(options)
            );
        }

        if (options?.ModelId is { } model && model != WeightsPath)
        {
            throw new ArgumentException(
                $"Embeddings of the model {model} were asked for, and the one that is loaded is {WeightsPath}.",
                nameof(options)
            );
        }
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
