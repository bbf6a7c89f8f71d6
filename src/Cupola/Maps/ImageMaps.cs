using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Maps;

/// <summary>The maps of one image.</summary>
/// <param name="Exact">For each text where its cosine comes from.</param>
/// <param name="Shown">For each text the map that is shown.</param>
internal sealed record ImageExplanation(IReadOnlyList<ImageMap> Exact, IReadOnlyList<HeatMap> Shown);

/// <summary>Makes maps of images for texts that are prepared once.</summary>
internal sealed class ImageMaps
{
    private readonly MapEncoder _encoder;
    private readonly MapKind _kind;
    private readonly TextMaps _texts;
    private readonly bool _minusMean;

    /// <summary>Prepares texts.</summary>
    /// <param name="encoder">The image tower.</param>
    /// <param name="texts">Their vectors, [texts, embedding].</param>
    /// <param name="kind">How shown maps are made; the tower must have such maps.</param>
    /// <param name="others">Vectors of texts whose mean map is taken off the shown ones; null for none.</param>
    public ImageMaps(MapEncoder encoder, EmbeddingMatrix texts, MapKind kind, EmbeddingMatrix? others = null)
    {
        encoder.Require(kind);
        (_encoder, _kind, _minusMean) = (encoder, kind, others is not null);
        _texts = new(encoder, texts, others);
    }

    /// <summary>Draws the maps that are shown.</summary>
    public MapOverlay Overlay => MapOverlay.For(_encoder, _kind);

    /// <summary>The maps of an image.</summary>
    public ImageExplanation Explain(RgbImage image)
    {
        ImageNumbers numbers = Encode(image, 1, pixels => _encoder.Encode(pixels, _kind));
        int factor = _encoder.Factor(_kind);
        float[]? places =
            factor == 1 ? numbers.Places : Encode(image, factor, pixels => _encoder.EncodePlaces(pixels, _kind, factor));
        ImageMap[] exact = [.. Enumerable.Range(0, _texts.Count).Select(text => _texts.Exact(numbers, text))];
        return new(exact, [.. exact.Select((map, text) => _texts.Shown(numbers, map, places, text, _minusMean))]);
    }

    private T Encode<T>(RgbImage image, int factor, Func<Tensor, T> encode)
    {
        ImagePreprocessing preprocessing = _encoder.Preprocessing.Times(factor);
        using Tensor pixels = Tensor.Allocate(ElementType.UInt8, 1, preprocessing.Size, preprocessing.Size, 3);
        preprocessing.Apply(image, pixels.AsSpan<byte>());
        return encode(pixels);
    }
}
