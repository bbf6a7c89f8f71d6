namespace Cupola.Cli;

/// <summary>Images that are all embedded before the first is answered, because weights are learned from them.</summary>
/// <param name="Images">In their order, also those that could not be read.</param>
internal sealed record EmbeddedImages(IReadOnlyList<EmbeddedImage> Images)
{
    /// <summary>Embeds the images that a command line names.</summary>
    public static EmbeddedImages Embed(string[] arguments, Func<IEnumerable<string>, IEnumerable<EmbeddedImage>> embed) =>
        ImageArguments.Run("Embedding images", arguments, (paths, progress) =>
        {
            List<EmbeddedImage> embedded = [];
            foreach (EmbeddedImage image in embed(paths))
            {
                progress?.Report(1);
                embedded.Add(image);
            }

            return new EmbeddedImages(embedded);
        });

    /// <summary>The embeddings of those that could be read.</summary>
    /// <exception cref="InvalidDataException">None could.</exception>
    public EmbeddingMatrix Embeddings
    {
        get
        {
            float[][] readable = [.. Images.Select(static image => image.Vector).OfType<float[]>()];
            return readable.Length > 0
                ? new([.. readable.SelectMany(static embedding => embedding)], readable.Length, readable[0].Length)
                : throw new InvalidDataException(
                    $"Weights are learned from images, and none of the {Images.Count} can be read"
                        + $"{(Images.Count > 0 ? $", the first because of this: {Images[0].Error}" : ".")}"
                );
        }
    }
}
