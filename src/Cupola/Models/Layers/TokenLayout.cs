using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>
/// How the tokens of several texts or images lie in flat rows [rows, width], and which of them meet in attention. All other
/// layers work row by row.
/// </summary>
internal abstract class TokenLayout
{
    /// <summary>Attention as operators know it.</summary>
    /// <param name="query">[n, q, width].</param>
    /// <param name="key">[n, k, width].</param>
    /// <param name="value">[n, k, width].</param>
    /// <param name="mask">What is added to the scores, if anything: [q, k], or [n, 1, q, k].</param>
    /// <returns>[n, q, width].</returns>
    public delegate Value Mix(Value query, Value key, Value value, Value? mask);

    /// <summary>Each text's or image's row from which its answer is read: [rows, width] → [pooled, width].</summary>
    public abstract Value Pool(Value rows);

    /// <summary>Rows with an axis for the texts or images: [rows, width] → [n, tokens, width].</summary>
    public abstract Value Divide(Value rows);

    /// <summary>Attention over flat rows.</summary>
    /// <param name="query">[rows, width], or [pooled, width].</param>
    /// <param name="key">[rows, width].</param>
    /// <param name="value">[rows, width].</param>
    /// <param name="ofPooled">Whether only the pooled rows ask.</param>
    /// <param name="mix">The attention.</param>
    /// <returns>A row for each of the query's.</returns>
    public abstract Value Attend(Value query, Value key, Value value, bool ofPooled, Mix mix);
}
