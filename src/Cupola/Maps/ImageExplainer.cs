using System.Numerics.Tensors;
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
internal sealed class ImageExplainer
{
    private readonly MapEncoder _encoder;
    private readonly MapKind _kind;
    private readonly TextDirections _texts;
    private readonly TextDirections? _mean;

    /// <summary>Prepares texts.</summary>
    /// <param name="encoder">The image tower.</param>
    /// <param name="texts">Their vectors, [texts, embedding].</param>
    /// <param name="kind">How shown maps are made; the tower must have such maps.</param>
    /// <param name="others">
    /// Vectors of texts whose mean map is taken off the shown ones; null for none. A map is linear in its text, so this is the map
    /// of their mean.
    /// </param>
    public ImageExplainer(MapEncoder encoder, EmbeddingMatrix texts, MapKind kind, EmbeddingMatrix? others = null)
    {
        if (encoder.Tower.ProblemOf(kind) is { } problem)
        {
            throw new InvalidDataException($"The model has no maps of the kind {NameOf(kind)}: {problem}.");
        }

        (_encoder, _kind) = (encoder, kind);
        _texts = TextDirections.Create(encoder.Tower.Readout, encoder.Parameters, texts, MapEncoder.LastLayers);
        _mean = others is null
            ? null
            : TextDirections.Create(encoder.Tower.Readout, encoder.Parameters, MeanOf(others), MapEncoder.LastLayers);
    }

    /// <summary>What a kind is called.</summary>
    public static string NameOf(MapKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind that is shown where nobody chooses: the one that points best (docs/explain.md).</summary>
    public static MapKind DefaultOf(ImageTower tower) => tower.ProblemOf(MapKind.Naclip) is null ? MapKind.Naclip : MapKind.Value;

    /// <summary>Draws the maps that are shown.</summary>
    public MapOverlay Overlay => MapOverlay.For(_encoder, _kind);

    /// <summary>The maps of an image.</summary>
    public ImageExplanation Explain(RgbImage image)
    {
        ImageNumbers numbers = Encode(image, 1, pixels => _encoder.Encode(pixels, _kind));
        int factor = _encoder.Factor(_kind);
        float[]? places = factor == 1
            ? numbers.Places
            : Encode(image, factor, pixels => _encoder.EncodePlaces(pixels, _kind, factor));
        ImageMap[] exact =
        [
            .. Enumerable.Range(0, _texts.Texts.Count).Select(text => Exact(numbers, _texts, text)),
        ];
        return new(exact, [.. exact.Select((map, text) => Shown(map, numbers, places, text))]);
    }

    private T Encode<T>(RgbImage image, int factor, Func<Tensor, T> encode)
    {
        ImagePreprocessing preprocessing = _encoder.Preprocessing.Times(factor);
        using Tensor pixels = Tensor.Allocate(ElementType.UInt8, 1, preprocessing.Size, preprocessing.Size, 3);
        preprocessing.Apply(image, pixels.AsSpan<byte>());
        return encode(pixels);
    }

    private ImageMap Exact(ImageNumbers numbers, TextDirections texts, int text) =>
        Decomposition.Compute(_encoder.Tower.Readout, numbers, texts, text);

    private HeatMap Shown(ImageMap map, ImageNumbers numbers, float[]? places, int text)
    {
        float[] values = places is null ? map.Values.ToArray() : Cosines(places, _texts.Texts[text]);
        if (_mean is not null)
        {
            ReadOnlySpan<float> mean = places is null ? Exact(numbers, _mean, 0).Values : Cosines(places, _mean.Texts[0]);
            TensorPrimitives.Subtract(values, mean, values);
        }

        return new(values, (int)Math.Sqrt(values.Length), IsContribution: places is null || _mean is not null);
    }

    private static float[] Cosines(float[] places, ReadOnlySpan<float> text)
    {
        float[] cosines = new float[places.Length / text.Length];
        for (int place = 0; place < cosines.Length; place++)
        {
            cosines[place] = TensorPrimitives.Dot(places.AsSpan(place * text.Length, text.Length), text);
        }

        return cosines;
    }

    private static EmbeddingMatrix MeanOf(EmbeddingMatrix texts)
    {
        float[] weights = new float[texts.Count];
        Array.Fill(weights, 1f / texts.Count);
        return new(texts.Mean([.. Enumerable.Range(0, texts.Count)], weights), 1, texts.Dimension);
    }
}
