using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// A text tower: a transformer over token ids. CLIP's is causal and read at the end token (OpenAI CLIP, model.py, encode_text);
/// in SigLIP's every token sees every other, and it is read at the last place (transformers, SiglipTextTransformer). It begins as
/// CLIP's initialize_parameters says.
/// </summary>
internal sealed class TextTransformer
{
    private readonly TextConfig _config;
    private readonly EmbeddingTable _tokens;
    private readonly EmbeddingTable _positions;
    private readonly Transformer _blocks;
    private readonly LayerNorm _finalNorm;
    private readonly Linear? _projection;

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
        ParameterScope last = scope.AtDepth(config.Transformer.Layers + 1);
        _finalNorm = new(last.At("final_norm"), width, config.Transformer.LayerNormEpsilon);
        _projection = config.Projection switch
        {
            TextProjection.Matrix => Linear.CreateProjection(
                last,
                "projection",
                width,
                embeddingDimension,
                Initialization.Normal(one)
            ),
            TextProjection.Layer => Linear.Create(
                last.At("projection"),
                width,
                embeddingDimension,
                Initialization.Normal(one),
                Initialization.Zeros
            ),
            _ => null,
        };
    }

    /// <summary>Token ids there are.</summary>
    public int VocabularySize => _config.VocabularySize;

    /// <summary>Tokens of a text at most; of every text, where it reads texts of fixed length.</summary>
    public int ContextLength => _config.ContextLength;

    /// <summary>How it reads.</summary>
    public TextReading Reading => _config.Reading;

    /// <summary>What leads from the pooled state to the embedding; nothing where that is the embedding.</summary>
    public Linear? Projection => _projection;

    /// <summary>Texts that each have a row of ids, padded behind their end: ids [texts, length].</summary>
    public TextLayout Padded(GraphBuilder graph, Value ids) =>
        Reading == TextReading.FixedLength
            ? new FixedTexts(graph, ids, _config.ContextLength, _config.Transformer.Width)
            : new PaddedTexts(graph, ids, _config.ContextLength, _config.Transformer.Width);

    /// <summary>Texts as a packed tree.</summary>
    public PackedTexts Packed(GraphBuilder graph, PackedTree.Inputs tree) => new(graph, tree, _config.Transformer.Width);

    /// <summary>The tower over texts in either form; tokens and attention come in the form's own order.</summary>
    public TowerOutputs Describe(GraphBuilder graph, TextLayout texts, TowerRequest request)
    {
        Value tokens = _tokens.LookUp(graph, texts.Ids); // [a, b, width]
        Value rows = texts.Flatten(graph.Add(tokens, texts.Positions(_positions))); // [a · b, width]
        TransformerStates states = _blocks.Describe(graph, rows, texts, request);
        Value pooled = _finalNorm.Describe(graph, states.Pooled); // [texts, width]
        return new(_projection?.Describe(graph, pooled) ?? pooled, pooled)
        {
            Tokens = states.All is { } all ? texts.Divide(_finalNorm.Describe(graph, all)) : null,
            TokensBeforeNorm = states.All is { } before ? texts.Divide(before) : null,
            Attention = states.Attention,
            LookUps = [new(tokens, _tokens.Rows, texts.Ids.Name)],
        };
    }
}
