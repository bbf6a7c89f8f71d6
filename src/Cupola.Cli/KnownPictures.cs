using Cupola.Embedding;

namespace Cupola.Cli;

/// <summary>Pictures that are all embedded before the first is answered, because weights are learned from them.</summary>
/// <param name="Pictures">In their order, also those that could not be read.</param>
internal sealed record KnownPictures(IReadOnlyList<EmbeddedPicture> Pictures)
{
    /// <summary>Embeds the pictures that a command line names.</summary>
    public static KnownPictures Embed(string[] arguments, Func<IEnumerable<string>, IEnumerable<EmbeddedPicture>> embed) =>
        PictureArguments.Run("Embedding pictures", arguments, (paths, progress) =>
        {
            List<EmbeddedPicture> embedded = [];
            foreach (EmbeddedPicture picture in embed(paths))
            {
                progress?.Invoke(1);
                embedded.Add(picture);
            }

            return new KnownPictures(embedded);
        });

    /// <summary>The embeddings of those that could be read.</summary>
    /// <exception cref="InvalidDataException">None could.</exception>
    public EmbeddingMatrix Embeddings
    {
        get
        {
            float[][] readable = [.. Pictures.Select(static picture => picture.Embedding).OfType<float[]>()];
            return readable.Length > 0
                ? new([.. readable.SelectMany(static embedding => embedding)], readable.Length, readable[0].Length)
                : throw new InvalidDataException($"Weights are learned from pictures, and none of the {Pictures.Count} can be read{(Pictures.Count > 0 ? $", the first because of this: {Pictures[0].Error}" : ".")}");
        }
    }
}
