using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// CLIP's text tower: a causal transformer over token ids whose answer is read at the end token (OpenAI CLIP, model.py,
/// encode_text), and which begins as initialize_parameters there says.
/// </summary>
internal sealed class TextTransformer
{
    private readonly TextConfig _config;
    private readonly EmbeddingTable _tokens;
    private readonly EmbeddingTable _positions;
    private readonly Transformer _blocks;
    private readonly LayerNorm _finalNorm;
    private readonly Linear _projection;

    public TextTransformer(ParameterScope scope, TextConfig config, int embeddingDimension)
    {
        _config = config;
        int width = config.Transformer.Width;
        double one = 1 / Math.Sqrt(width),
            deep = one / Math.Sqrt(2 * config.Transformer.Layers);
        BlockInitialization initial = new(
            Initialization.Normal(one),
            Initialization.Normal(deep),
            Initialization.Normal(1 / Math.Sqrt(2 * width)),
            Initialization.Normal(deep)
        );
        _tokens = new(scope, "token_embedding", config.VocabularySize, width, Initialization.Normal(0.02));
        _positions = new(scope, "position_embedding", config.ContextLength, width, Initialization.Normal(0.01));
        _blocks = new(scope, config.Transformer, initial);
        ParameterScope behind = scope.AtDepth(config.Transformer.Layers + 1);
        _finalNorm = new(behind.At("final_norm"), width, config.Transformer.LayerNormEpsilon);
        _projection = Linear.CreateProjection(behind, "projection", width, embeddingDimension, Initialization.Normal(one));
    }

    /// <summary>Its sizes.</summary>
    public TextConfig Config => _config;

    /// <summary>What leads from the pooled state to the embedding, [embedding, width].</summary>
    public Parameter Projection => _projection.Weight;

    /// <summary>Texts that each have a row of ids, padded behind their end: ids [texts, length].</summary>
    public PaddedTexts Padded(GraphBuilder graph, Value ids) => new(graph, ids, _config.ContextLength, _config.Transformer.Width);

    /// <summary>Texts as a packed tree.</summary>
    public PackedTexts Packed(GraphBuilder graph, PackedTree.Inputs tree) => new(graph, tree, _config.Transformer.Width);

    /// <summary>The tower over texts in either form; tokens and attention come in the form's own order.</summary>
    public TowerOutputs Describe(GraphBuilder graph, TextLayout texts, TowerRequest request)
    {
        Value tokens = _tokens.LookUp(graph, texts.Ids); // [a, b, width]
        Value rows = texts.Flatten(graph.Add(tokens, texts.Positions(_positions))); // [a · b, width]
        TransformerStates states = _blocks.Describe(graph, rows, texts, request);
        Value pooled = _finalNorm.Describe(graph, states.Pooled); // [texts, width]
        return new(_projection.Describe(graph, pooled), pooled)
        {
            Tokens = states.All is { } all ? texts.Divide(_finalNorm.Describe(graph, all)) : null,
            TokensBeforeNorm = states.All is { } before ? texts.Divide(before) : null,
            Attention = states.Attention,
            LookUps = [new(tokens, _tokens.Rows, texts.Ids.Name)],
        };
    }
}
