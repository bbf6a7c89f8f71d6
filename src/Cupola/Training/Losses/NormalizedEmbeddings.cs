using System.Numerics.Tensors;
using Cupola.Graphs;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Losses;

/// <summary>L2-normalized embeddings, and the backward pass of the normalization.</summary>
internal sealed class NormalizedEmbeddings : IDisposable
{
    private readonly int _dimension;
    private readonly float[] _norms;

    public NormalizedEmbeddings(ReadOnlySpan<float> rows, int dimension)
    {
        _dimension = dimension;
        _norms = new float[rows.Length / dimension];
        Tensor = Tensor.Of(ElementType.Float32, rows, _norms.Length, dimension);
        for (int row = 0; row < _norms.Length; row++)
        {
            Span<float> values = Tensor.AsSpan<float>().Slice(row * dimension, dimension);
            _norms[row] = TensorPrimitives.Norm<float>(values);
            TensorPrimitives.Divide(values, _norms[row], values);
        }
    }

    public int Count => _norms.Length;

    /// <summary>[rows, dimension], each of length 1.</summary>
    public Tensor Tensor { get; }

    public ReadOnlySpan<float> this[int row] => Tensor.AsSpan<float>().Slice(row * _dimension, _dimension);

    /// <summary>
    /// The gradient of u = x ÷ ‖x‖: from g, with respect to u, to (g − u (u · g)) ÷ ‖x‖, with respect to x, in place.
    /// </summary>
    public void Backward(Span<float> gradients)
    {
        for (int row = 0; row < _norms.Length; row++)
        {
            Span<float> gradient = gradients.Slice(row * _dimension, _dimension);
            float along = TensorPrimitives.Dot(this[row], gradient);
            TensorPrimitives.MultiplyAdd(this[row], -along, gradient, gradient);
            TensorPrimitives.Divide(gradient, _norms[row], gradient);
        }
    }

    public void Dispose() => Tensor.Dispose();
}
