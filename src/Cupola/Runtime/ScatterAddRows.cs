using System.Numerics.Tensors;
using Cupola.Graphs;

namespace Cupola.Runtime;

/// <summary>
/// Rows added up where their indices (int32) say, several of which may name one place; the third input is only there for the
/// shape of the result. ONNX Runtime's ScatterND does the same on one thread; on several they write over each other, and sums are
/// lost (onnxruntime, issue 18048).
/// </summary>
internal sealed class ScatterAddRows() : CustomOperator(nameof(ScatterAddRows), inputs: 3, outputsLike: [2])
{
    private const int Indices = 1;

    public override ElementType InputType(int place) => place == Indices ? ElementType.Int32 : ElementType.Float32;

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ReadOnlySpan<float> rows = given[0].AsSpan<float>();
        ReadOnlySpan<int> indices = given[Indices].AsSpan<int>();
        Span<float> sums = outputs[0].AsSpan<float>();
        sums.Clear();
        int width = indices.Length == 0 ? 0 : rows.Length / indices.Length;
        for (int row = 0; row < indices.Length; row++)
        {
            Span<float> sum = sums.Slice(indices[row] * width, width);
            TensorPrimitives.Add(sum, rows.Slice(row * width, width), sum);
        }
    }
}
