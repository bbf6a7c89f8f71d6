using Cupola.Graphs;
using Cupola.Images;

namespace Cupola.Models.Layers;

/// <summary>
/// Squares of an image as tokens (arXiv 2010.11929): a convolution whose stride is its kernel, which is a product of patches with
/// a matrix.
/// </summary>
/// <param name="scope">Where it stands.</param>
/// <param name="patch">Height and width of a square.</param>
/// <param name="width">Numbers a token.</param>
/// <param name="hasBias">Whether something learned is added to each token.</param>
internal sealed class PatchEmbedding(ParameterScope scope, long patch, long width, bool hasBias)
{
    private readonly Parameter _weight = scope.Parameter(
        "patch_embedding",
        [width, 3, patch, patch],
        Initialization.UniformOver(3 * patch * patch),
        ParameterKind.Matrix
    );

    private readonly Parameter? _bias = hasBias
        ? scope.Parameter("patch_bias", [width], Initialization.UniformOver(3 * patch * patch), ParameterKind.Bias)
        : null;

    private string FoldedWeight => $"{_weight.Name}.of_bytes.weight";

    private string FoldedBias => $"{_weight.Name}.of_bytes.bias";

    /// <summary>Images in either form → [n, patches, width].</summary>
    /// <param name="graph">Where it is described: one that learns has the weight as it is stored.</param>
    /// <param name="images">Bytes [n, height, width, 3], or normalized floats [n, 3, height, width].</param>
    /// <param name="preprocessing">What bytes are normalized by.</param>
    public Value Describe(GraphBuilder graph, Value images, ImagePreprocessing preprocessing) =>
        graph.IsTrainable ? Product(graph, images, preprocessing)
        : images.Type == ElementType.UInt8 ? ProductOfBytes(graph, images)
        : Convolution(graph, images);

    /// <summary>
    /// Adds the same for bytes: weight [width, patch · patch · 3] in the order of the bytes, and its bias [width].
    /// </summary>
    public void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing)
    {
        parameters.AddDerived(FoldedWeight, () => PixelNormalization.FoldWeight(parameters[_weight.Name], preprocessing));
        parameters.AddDerived(FoldedBias, () =>
            PixelNormalization.FoldBias(
                parameters[_weight.Name],
                _bias is null ? default : parameters[_bias.Name].AsSpan<float>(),
                preprocessing
            )
        );
    }

    private Value Convolution(GraphBuilder graph, Value pixels)
    {
        long grid = Grid(pixels);
        Value maps = graph.Convolution(pixels, _weight.In(graph), _bias?.In(graph), patch); // [n, width, grid, grid]
        return graph.Transpose(graph.Reshape(maps, [pixels.Shape[0], width, grid * grid]), 0, 2, 1);
    }

    private Value ProductOfBytes(GraphBuilder graph, Value bytes)
    {
        Dimension batch = bytes.Shape[0];
        long grid = Grid(bytes);
        Value cut = graph.Transpose(
            graph.Reshape(Covered(graph, bytes, firstAxis: 1), [batch, grid, patch, grid, patch * 3]),
            0,
            1,
            3,
            2,
            4
        );
        Value rows = graph.Cast(graph.Reshape(cut, [batch * (grid * grid), patch * patch * 3]), ElementType.Float32);
        Value embedded = graph.Linear(
            rows,
            graph.Parameter(FoldedWeight, width, patch * patch * 3),
            graph.Parameter(FoldedBias, width)
        );
        return graph.Reshape(embedded, [batch, grid * grid, width]);
    }

    /// <summary>Patches as rows in the weight's order (channel, row, column), times the weight as it is stored.</summary>
    private Value Product(GraphBuilder graph, Value images, ImagePreprocessing preprocessing)
    {
        Dimension batch = images.Shape[0];
        long grid = Grid(images);
        Value cut =
            images.Type == ElementType.UInt8
                ? graph.Transpose(
                    graph.Reshape(
                        PixelNormalization.Describe(graph, Covered(graph, images, firstAxis: 1), preprocessing),
                        [batch, grid, patch, grid, patch, 3]
                    ),
                    0,
                    1,
                    3,
                    5,
                    2,
                    4
                )
                : graph.Transpose(
                    graph.Reshape(Covered(graph, images, firstAxis: 2), [batch, 3, grid, patch, grid, patch]),
                    0,
                    2,
                    4,
                    1,
                    3,
                    5
                );
        Value rows = graph.Reshape(cut, [batch * (grid * grid), 3 * patch * patch]);
        Value weight = graph.Reshape(_weight.In(graph), [width, 3 * patch * patch]);
        return graph.Reshape(graph.Linear(rows, weight, _bias?.In(graph)), [batch, grid * grid, width]);
    }

    /// <summary>Patches beside each other in an image of either form.</summary>
    private long Grid(Value images) => images.Shape[2].Factor / patch;

    /// <summary>
    /// An image without the pixels at the right and at the bottom that no patch covers; height and width are an axis and the one
    /// behind it.
    /// </summary>
    private Value Covered(GraphBuilder graph, Value images, int firstAxis)
    {
        long covered = Grid(images) * patch;
        return images.Shape[firstAxis].Factor == covered
            ? images
            : graph.Slice(graph.Slice(images, firstAxis, 0, covered), firstAxis + 1, 0, covered);
    }
}
