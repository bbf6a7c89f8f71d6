using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;

namespace Cupola;

/// <summary>Where in an image a cosine comes from.</summary>
public sealed partial class ClipEmbedder
{
    private readonly Lazy<MapEncoder> _maps;

    /// <summary>The image tower with its parts, in float32.</summary>
    internal MapEncoder Maps => _maps.Value;

    /// <summary>
    /// Says of each text where in an image their cosine comes from: what each place contributed, and what belongs to no place
    /// (arXiv 2310.05916). The image tower runs in float32, also where the model runs in int8. It takes about as long as
    /// embedding the image, and each further text a hundredth of that.
    /// </summary>
    /// <param name="image">A file, an address, bytes or a stream.</param>
    /// <param name="texts">Whole sentences.</param>
    /// <param name="orient">Whether to turn the image as its EXIF orientation says; the reference does not.</param>
    /// <param name="cancellationToken">Stops between the parts of the work.</param>
    /// <returns>One map a text, of the image as the model saw it: resized, and cropped in the middle.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public IReadOnlyList<ImageMap> Explain(
        ImageSource image,
        IReadOnlyList<string> texts,
        bool orient = false,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(texts);
        ImageExplainer explainer = new(Maps, EmbedTexts(texts, progress: null, cancellationToken), MapKind.Exact);
        using RgbImage decoded = image.DecodeShared(orient, cancellationToken);
        return explainer.Explain(decoded).Exact;
    }
}
