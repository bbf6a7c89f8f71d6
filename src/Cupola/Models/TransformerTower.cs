using Cupola.Graphs;
using static System.FormattableString;

namespace Cupola.Models;

/// <summary>
/// The residual blocks that both towers are made of: x += attention(norm(x)); x += mlp(norm(x)) (OpenAI CLIP, model.py,
/// ResidualAttentionBlock). Everything but the attention works on rows; who asks for the blocks says how rows meet in it.
/// </summary>
internal sealed class TransformerTower(GraphBuilder graph, string name, TransformerConfig config)
{
    /// <summary>
    /// Mixes rows by attention: query, key and value [rows, width] → [rows, width], a row for each of the query's.
    /// </summary>
    public delegate Value Attend(Value query, Value key, Value value);

    /// <summary>All blocks but the last, over all rows.</summary>
    public Value AllButLast(Value rows, Attend attend)
    {
        for (int layer = 0; layer < config.Layers - 1; layer++)
        {
            rows = Block(layer, rows, attend, static rows => rows);
        }

        return rows;
    }

    /// <summary>
    /// The last block for the pooled rows alone. Its answer is read from one row of each text or image, so only that
    /// row needs a query, an output projection and an MLP; keys and values come from all rows.
    /// </summary>
    public Value Last(Value rows, Attend attend, Func<Value, Value> pool) => Block(config.Layers - 1, rows, attend, pool);

    public Value Norm(string norm, Value rows) =>
        graph.LayerNorm(
            rows,
            graph.Parameter($"{name}.{norm}.weight", config.Width),
            graph.Parameter($"{name}.{norm}.bias", config.Width),
            config.LayerNormEpsilon
        );

    private Value Block(int layer, Value rows, Attend attend, Func<Value, Value> pool)
    {
        string block = Invariant($"blocks.{layer}");
        Value normed = Norm($"{block}.attention_norm", rows);
        Value query = Linear($"{block}.attention.query", pool(normed), config.Width, config.Width);
        Value key = Linear($"{block}.attention.key", normed, config.Width, config.Width);
        Value value = Linear($"{block}.attention.value", normed, config.Width, config.Width);
        Value mixed = Linear($"{block}.attention.output", attend(query, key, value), config.Width, config.Width);
        rows = graph.Add(pool(rows), mixed);

        Value wide = Activate(Linear($"{block}.mlp.expand", Norm($"{block}.mlp_norm", rows), config.Width, config.MlpWidth));
        return graph.Add(rows, Linear($"{block}.mlp.contract", wide, config.MlpWidth, config.Width));
    }

    private Value Activate(Value rows) =>
        config.Activation switch
        {
            Activation.QuickGelu => graph.QuickGelu(rows),
            Activation.Gelu => graph.Gelu(rows),
            Activation.GeluTanh => graph.GeluTanh(rows),
            _ => throw new InvalidOperationException($"There is no activation {config.Activation}."),
        };

    private Value Linear(string layer, Value rows, long from, long to) =>
        graph.Linear(rows, graph.Parameter($"{name}.{layer}.weight", to, from), graph.Parameter($"{name}.{layer}.bias", to));
}
