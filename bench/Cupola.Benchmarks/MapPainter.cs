using Cupola.Graphs;
using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Benchmarks;

/// <summary>A way of making maps.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Kind">The kind; null for the class token's attention in the last layer, which knows no sentence.</param>
/// <param name="Factor">By how much the image is larger.</param>
/// <param name="MinusMean">Whether the mean map of all sentences is taken off.</param>
internal sealed record MapMethod(string Name, MapKind? Kind, int Factor, bool MinusMean)
{
    /// <summary>All that a tower has.</summary>
    public static IEnumerable<MapMethod> All(ImageTower tower)
    {
        yield return new("attention, last layer", null, 1, MinusMean: false);
        foreach (MapKind kind in Enum.GetValues<MapKind>().Where(kind => tower.ProblemOf(kind) is null))
        {
            int most = kind != MapKind.Exact && tower is VisionTransformer { Readout.HasClassToken: true } ? 2 : 1;
            for (int factor = 1; factor <= most; factor++)
            {
                string name = $"{MapEncoder.NameOf(kind)}{(factor == 1 ? "" : ", twice the size")}";
                yield return new(name, kind, factor, MinusMean: false);
                yield return new($"{name}, − mean", kind, factor, MinusMean: true);
            }
        }
    }
}

/// <summary>Makes maps of one image after the other, each in all ways.</summary>
internal sealed class MapPainter(MapEncoder encoder, EmbeddingMatrix texts, EmbeddingMatrix others)
{
    private readonly Dictionary<(MapKind Kind, int Factor), float[]> _places = [];
    private readonly TextMaps _texts = new(encoder, texts, others);
    private ImageNumbers? _numbers;

    /// <summary>Encodes an image in all ways.</summary>
    public void Read(RgbImage image, IEnumerable<MapMethod> methods)
    {
        _places.Clear();
        _numbers = Encode(image, 1, pixels => encoder.Encode(pixels, MapKind.Exact));
        foreach (
            MapMethod method in methods.Where(static method => method is { Kind: not (null or MapKind.Exact), MinusMean: false })
        )
        {
            MapKind kind = method.Kind!.Value;
            _places[(kind, method.Factor)] = Encode(image, method.Factor, pixels =>
                encoder.EncodePlaces(pixels, kind, method.Factor)
            );
        }
    }

    /// <summary>The map of the image that was read for one of the texts.</summary>
    public HeatMap Map(MapMethod method, int text) =>
        method.Kind is not { } kind
            ? Attention()
            : _texts.Shown(
                _numbers!,
                _texts.Exact(_numbers!, text),
                kind == MapKind.Exact ? null : _places[(kind, method.Factor)],
                text,
                method.MinusMean
            );

    private HeatMap Attention()
    {
        (float[] weights, _) = _numbers!.Layers[^1];
        EmbeddingReadout readout = encoder.Tower.Readout;
        int tokens = weights.Length / readout.Heads,
            first = readout.HasClassToken ? 1 : 0;
        float[] mean =
        [
            .. Enumerable
                .Range(first, tokens - first)
                .Select(token => Enumerable.Range(0, readout.Heads).Average(head => weights[(head * tokens) + token])),
        ];
        return new(mean, (int)Math.Sqrt(mean.Length), IsContribution: true);
    }

    private T Encode<T>(RgbImage image, int factor, Func<Tensor, T> encode)
    {
        ImagePreprocessing preprocessing = encoder.Preprocessing.Times(factor);
        using Tensor pixels = Tensor.Allocate(ElementType.UInt8, 1, preprocessing.Size, preprocessing.Size, 3);
        preprocessing.Apply(image, pixels.AsSpan<byte>());
        return encode(pixels);
    }
}
