using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Training.Losses;

/// <summary>A batch in a loss: the tensors that all its blocks read.</summary>
internal sealed class LossBatch : IDisposable
{
    private readonly Tensor _scale;
    private readonly Tensor _share;
    private readonly Tensor _bias;
    private readonly Tensor? _labels;
    private readonly Tensor? _indices;

    /// <param name="images">Borrowed; the caller disposes it.</param>
    /// <param name="texts">Borrowed; the caller disposes it.</param>
    /// <param name="scale">The factor on cosines.</param>
    /// <param name="bias">The bias of the logits.</param>
    /// <param name="labels">The label of each pair, if the loss masks.</param>
    public LossBatch(NormalizedEmbeddings images, NormalizedEmbeddings texts, float scale, float bias, IReadOnlyList<int>? labels)
    {
        (Images, Texts, Scale, Bias, Pairs) = (images, texts, scale, bias, images.Count);
        _scale = Tensor.Of<float>(ElementType.Float32, [scale], 1);
        _share = Tensor.Of<float>(ElementType.Float32, [1f / Pairs], 1);
        _bias = Tensor.Of<float>(ElementType.Float32, [bias], 1);
        if (labels is not null)
        {
            _labels = Tensor.Of<int>(ElementType.Int32, [.. labels], Pairs, 1);
            _indices = Tensor.Of<int>(ElementType.Int32, [.. Enumerable.Range(0, Pairs)], Pairs, 1);
        }
    }

    public NormalizedEmbeddings Images { get; }

    public NormalizedEmbeddings Texts { get; }

    public int Pairs { get; }

    /// <summary>The factor on cosines.</summary>
    public float Scale { get; }

    /// <summary>The bias of the logits.</summary>
    public float Bias { get; }

    /// <summary>Runs a graph for a block.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="block">The block.</param>
    /// <param name="more">Its additional inputs; disposed after the run.</param>
    /// <param name="shapes">The shapes of its outputs.</param>
    /// <returns>Its outputs; the caller disposes them.</returns>
    public Tensor[] Run(CompiledGraph graph, LossBlock block, Tensor[] more, params long[][] shapes)
    {
        Tensor[] outputs = [.. shapes.Select(static shape => Tensor.Allocate(ElementType.Float32, shape))];
        List<Tensor> inputs =
        [
            Images.Tensor.Rows(block.Row, block.Rows),
            Texts.Tensor.Rows(block.Column, block.Columns),
            _scale,
            _share,
            _bias,
        ];
        if (_labels is not null && _indices is not null)
        {
            Tensor Across(Tensor numbers) =>
                Tensor.Borrow(ElementType.Int32, numbers.Rows(block.Column, block.Columns).Address, 1, block.Columns);
            inputs.AddRange(
                _labels.Rows(block.Row, block.Rows),
                Across(_labels),
                _indices.Rows(block.Row, block.Rows),
                Across(_indices)
            );
        }

        try
        {
            graph.Run(SessionThreads.One, [.. inputs, .. more], outputs);
            return outputs;
        }
        catch
        {
            Array.ForEach(outputs, static output => output.Dispose());
            throw;
        }
        finally
        {
            Array.ForEach(more, static tensor => tensor.Dispose());
        }
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in new[] { _scale, _share, _bias, _labels, _indices })
        {
            tensor?.Dispose();
        }
    }
}

/// <summary>A block of the logits of all images with all texts.</summary>
/// <param name="Row">Its first image.</param>
/// <param name="Rows">The number of images.</param>
/// <param name="Column">Its first text.</param>
/// <param name="Columns">The number of texts.</param>
/// <param name="Index">Its place among all blocks, row after row.</param>
/// <param name="OwnsRows">Whether this rank finds what its images need.</param>
/// <param name="OwnsColumns">Whether this rank finds what its texts need.</param>
internal sealed record LossBlock(int Row, int Rows, int Column, int Columns, int Index, bool OwnsRows, bool OwnsColumns);
