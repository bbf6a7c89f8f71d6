using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Training;

/// <summary>A batch as a loss sees it: the tensors that all its blocks read.</summary>
internal sealed class LossBatch : IDisposable
{
    private readonly Tensor _images;
    private readonly Tensor _texts;
    private readonly Tensor _scale;
    private readonly Tensor _share;
    private readonly Tensor _bias;
    private readonly Tensor? _labels;
    private readonly Tensor? _places;

    public LossBatch(UnitRows images, UnitRows texts, int dimension, float scale, float bias, IReadOnlyList<int>? labels)
    {
        (Images, Texts, Scale, Bias, Pairs) = (images, texts, scale, bias, images.Count);
        _images = Tensor.Of<float>(ElementType.Float32, images.Values, Pairs, dimension);
        _texts = Tensor.Of<float>(ElementType.Float32, texts.Values, Pairs, dimension);
        _scale = Tensor.Of<float>(ElementType.Float32, [scale], 1);
        _share = Tensor.Of<float>(ElementType.Float32, [1f / Pairs], 1);
        _bias = Tensor.Of<float>(ElementType.Float32, [bias], 1);
        if (labels is not null)
        {
            _labels = Tensor.Of<int>(ElementType.Int32, [.. labels], Pairs, 1);
            _places = Tensor.Of<int>(ElementType.Int32, [.. Enumerable.Range(0, Pairs)], Pairs, 1);
        }
    }

    public UnitRows Images { get; }

    public UnitRows Texts { get; }

    public int Pairs { get; }

    /// <summary>The factor on cosines.</summary>
    public float Scale { get; }

    /// <summary>What is added to them.</summary>
    public float Bias { get; }

    /// <summary>Runs a graph for a block of rows.</summary>
    public void Run(CompiledGraph graph, int start, int count, ReadOnlySpan<Tensor> more, ReadOnlySpan<Tensor> outputs)
    {
        List<Tensor> inputs = [_images.Rows(start, count), _texts, _scale, _share, _bias];
        if (_labels is not null && _places is not null)
        {
            inputs.AddRange(
                _labels.Rows(start, count), Tensor.Lend(ElementType.Int32, _labels.Address, 1, Pairs),
                _places.Rows(start, count), Tensor.Lend(ElementType.Int32, _places.Address, 1, Pairs));
        }

        inputs.AddRange(more);
        graph.Run(RunWidth.Narrow, [.. inputs], outputs);
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in new[] { _images, _texts, _scale, _share, _bias, _labels, _places })
        {
            tensor?.Dispose();
        }
    }
}
