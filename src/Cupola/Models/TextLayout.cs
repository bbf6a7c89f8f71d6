using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>A form in which texts reach the text tower.</summary>
internal abstract class TextLayout : TokenLayout
{
    /// <summary>The ids of tokens, [a, b].</summary>
    public abstract Value Ids { get; }

    /// <summary>The position of each token, which is added to its embedding: [a, b, width], or [b, width] for all.</summary>
    public abstract Value Positions(EmbeddingTable table);

    /// <summary>Tokens as rows: [a, b, width] → [a · b, width].</summary>
    public abstract Value Flatten(Value tokens);
}
