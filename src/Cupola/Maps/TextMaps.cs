using System.Numerics.Tensors;

namespace Cupola.Maps;

/// <summary>Texts that maps are made for, and others whose mean map may be taken off.</summary>
internal sealed class TextMaps
{
    private readonly MapEncoder _encoder;
    private readonly TextDirections _texts;
    private readonly TextDirections? _mean;

    /// <summary>Prepares texts.</summary>
    /// <param name="encoder">The image tower.</param>
    /// <param name="texts">Their vectors, [texts, embedding].</param>
    /// <param name="others">The others' vectors; null for none. A map is linear in its text.</param>
    public TextMaps(MapEncoder encoder, EmbeddingMatrix texts, EmbeddingMatrix? others)
    {
        _encoder = encoder;
        _texts = Directions(texts);
        _mean = others is null ? null : Directions(MeanOf(others));
    }

    /// <summary>How many texts there are.</summary>
    public int Count => _texts.Texts.Count;

    /// <summary>Where an image's cosine with a text comes from.</summary>
    public ImageMap Exact(ImageNumbers image, int text) => Exact(image, _texts, text);

    /// <summary>The map that is shown.</summary>
    /// <param name="image">The image's parts.</param>
    /// <param name="exact">Its exact map for the text.</param>
    /// <param name="places">Its places' embeddings, [places, embedding]; null to show the exact map.</param>
    /// <param name="text">Which text.</param>
    /// <param name="minusMean">Whether the others' mean map is taken off.</param>
    public HeatMap Shown(ImageNumbers image, ImageMap exact, float[]? places, int text, bool minusMean)
    {
        float[] values = places is null ? exact.Values.ToArray() : Cosines(places, _texts.Texts[text]);
        if (minusMean)
        {
            ReadOnlySpan<float> mean = places is null ? Exact(image, _mean!, 0).Values : Cosines(places, _mean!.Texts[0]);
            TensorPrimitives.Subtract(values, mean, values);
        }

        return new(values, (int)Math.Sqrt(values.Length), IsContribution: places is null || minusMean);
    }

    private ImageMap Exact(ImageNumbers image, TextDirections texts, int text) =>
        Decomposition.Compute(_encoder.Tower.Readout, image, texts, text);

    private TextDirections Directions(EmbeddingMatrix texts) =>
        TextDirections.Create(_encoder.Tower.Readout, _encoder.Parameters, texts, MapEncoder.LastLayers);

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
