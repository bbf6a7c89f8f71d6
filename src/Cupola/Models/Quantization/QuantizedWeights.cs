using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models.Quantization;

/// <summary>
/// A tower's weights as signed bytes [from, columns] and, for each product, a table [3 + kept, columns] of what leads from its
/// whole numbers back to float32; and the input channels that are kept in float32. The memory is theirs, or a mapped file's.
/// </summary>
/// <param name="tensors">By the names that <see cref="WeightName"/> and <see cref="TableName"/> give.</param>
/// <param name="kept">The kept channels of each product, by its name.</param>
/// <param name="owner">What is disposed with them.</param>
internal sealed class QuantizedWeights(
    IReadOnlyDictionary<string, Tensor> tensors,
    IReadOnlyDictionary<string, int[]> kept,
    IDisposable? owner = null
) : IDisposable
{
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    public IReadOnlyDictionary<string, int[]> Kept => kept;

    /// <summary>What a product's weight is called.</summary>
    public static string WeightName(string product) => $"{product}.int8";

    /// <summary>What a product's table is called.</summary>
    public static string TableName(string product) => $"{product}.int8.table";

    /// <summary>Whether they are those of these products, in number and shape.</summary>
    public bool Fit(IReadOnlyList<LinearProduct> products) =>
        tensors.Count == 2 * products.Count
        && products.All(product =>
            kept.TryGetValue(product.Name, out int[]? channels)
            && channels.All(channel => channel >= 0 && channel < product.From)
            && channels.Length <= RowKernel.MostKept
            && Has(WeightName(product.Name), ElementType.Int8, product.From, product.Columns)
            && Has(
                TableName(product.Name),
                ElementType.Float32,
                RowKernel.TableRows + channels.Length,
                product.Bytes is null ? product.Columns : product.To
            )
        );

    public void Dispose()
    {
        foreach (Tensor tensor in tensors.Values)
        {
            tensor.Dispose();
        }

        owner?.Dispose();
    }

    private bool Has(string name, ElementType type, long rows, long columns) =>
        tensors.TryGetValue(name, out Tensor? tensor) && tensor.Type == type && tensor.Shape.SequenceEqual([rows, columns]);
}
