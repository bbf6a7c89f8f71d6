using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;

namespace Cupola;

/// <summary>
/// Says where in images their cosines with some texts come from: what each place contributed, and what belongs to no place (arXiv
/// 2310.05916). The image tower runs in float32, also where the model runs in int8. A map takes about as long as embedding the
/// image, and each further text less than a hundredth of that. It is thread-safe, and is disposed before its model.
/// </summary>
public sealed class ImageExplainer : IDisposable
{
    private readonly MapEncoder _encoder;
    private readonly ImageMaps _maps;

    private ImageExplainer(MapEncoder encoder, EmbeddingMatrix texts) =>
        (_encoder, _maps) = (encoder, new(encoder, texts, MapKind.Exact));

    /// <summary>Prepares texts.</summary>
    /// <param name="embedder">The model; it stays the caller's.</param>
    /// <param name="texts">Whole sentences; what is longer than the context is cut.</param>
    public static ImageExplainer Create(ClipEmbedder embedder, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(texts);
        return new(MapEncoder.Create(embedder), embedder.EmbedTexts(texts));
    }

    /// <summary>The map of an image for each of the texts.</summary>
    /// <param name="image">A file, an address, bytes or a stream.</param>
    /// <param name="orient">Whether to turn the image as its EXIF orientation says; the reference does not.</param>
    /// <param name="cancellationToken">Stops reading and decoding.</param>
    /// <returns>One map a text, of the image as the model saw it: resized, and cropped in the middle.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public IReadOnlyList<ImageMap> Explain(ImageSource image, bool orient = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        using RgbImage decoded = image.DecodeShared(orient, cancellationToken);
        return _maps.Explain(decoded).Exact;
    }

    /// <summary>Frees what was made ready; the model stays.</summary>
    public void Dispose() => _encoder.Dispose();
}
