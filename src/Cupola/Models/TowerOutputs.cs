using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>What a tower gives, by name. What no one makes an output of its graph is not worked out.</summary>
/// <param name="Embedding">In the space that both towers share, not of unit length, [n, embedding].</param>
/// <param name="Pooled">What the embedding is projected from, [n, width].</param>
internal sealed record TowerOutputs(Value Embedding, Value Pooled)
{
    /// <summary>The state of every token after the last norm, [n, tokens, width]; nothing where it was not asked for.</summary>
    public Value? Tokens { get; init; }

    /// <summary>The same before the last norm; nothing where the tower has no such norm.</summary>
    public Value? TokensBeforeNorm { get; init; }

    /// <summary>How much each token sees of each, [n, heads, queries, keys], by layer; those that were asked for.</summary>
    public IReadOnlyDictionary<int, Value> Attention { get; init; } = new Dictionary<int, Value>();

    /// <summary>
    /// Tables of which a run reads few rows. In training, the gradient of the rows is worked out and added to the table's where
    /// the rows stand, because a gradient of the whole table would be nearly all zeros.
    /// </summary>
    public IReadOnlyList<LookUp> LookUps { get; init; } = [];

    /// <summary>In training, what running statistics are to follow.</summary>
    public IReadOnlyList<BatchStatistic> Statistics { get; init; } = [];
}

/// <summary>Rows of a table that indices name.</summary>
/// <param name="Rows">The rows in the graph.</param>
/// <param name="Table">The table.</param>
/// <param name="Indices">The name of the input that holds the indices.</param>
internal sealed record LookUp(Value Rows, Parameter Table, string Indices);
