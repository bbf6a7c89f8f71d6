namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>Cross-correlation: pictures [n, in, height, width], weight [out, in, kernel, kernel], bias [out] → [n, out, height', width'].</summary>
    public Value Convolution(Value pictures, Value weight, Value? bias, long stride = 1, long padding = 0)
    {
        if (pictures.Shape.Rank != 4 || weight.Shape.Rank != 4 || pictures.Shape[1] != weight.Shape[1])
        {
            throw Mismatch("Convolution", pictures, weight, "the pictures' channels are not the weight's second extent");
        }

        long kernel = weight.Shape[2].Factor;
        TensorShape shape =
        [
            pictures.Shape[0], weight.Shape[0],
            Windows(pictures.Shape[2], kernel, stride, padding), Windows(pictures.Shape[3], kernel, stride, padding),
        ];
        return AddNode(
            "Conv", pictures.Type, shape, bias is null ? [pictures, weight] : [pictures, weight, bias],
            ("strides", new[] { stride, stride }), ("pads", new[] { padding, padding, padding, padding }));
    }

    /// <summary>The mean of each window of size × size; windows do not overlap.</summary>
    public Value AveragePool(Value pictures, long size)
    {
        TensorShape shape = pictures.Shape.With(2, Windows(pictures.Shape[2], size, size, 0)).With(3, Windows(pictures.Shape[3], size, size, 0));
        return AddNode("AveragePool", pictures.Type, shape, [pictures], ("kernel_shape", new[] { size, size }), ("strides", new[] { size, size }));
    }

    private static Dimension Windows(Dimension extent, long kernel, long stride, long padding) => ((extent.Factor + (2 * padding) - kernel) / stride) + 1;
}
