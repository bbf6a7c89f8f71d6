using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>
/// A block of CLIP's residual network: three convolutions beside a shortcut (OpenAI CLIP, model.py, Bottleneck). An average pool
/// halves height and width where a stride would. The last norm begins at nothing, so that the block begins as its shortcut.
/// </summary>
internal sealed class Bottleneck
{
    /// <summary>How much narrower the inner convolutions are than the output.</summary>
    private const int Expansion = 4;

    private readonly ConvolutionUnit _first;
    private readonly ConvolutionUnit _second;
    private readonly ConvolutionUnit _third;
    private readonly ConvolutionUnit? _shortcut;
    private readonly int _stride;

    /// <summary>Declares a block.</summary>
    /// <param name="scope">Where it stands.</param>
    /// <param name="from">Channels in.</param>
    /// <param name="inner">Channels of the inner convolutions.</param>
    /// <param name="stride">By how much height and width shrink.</param>
    public Bottleneck(ParameterScope scope, long from, long inner, int stride)
    {
        _stride = stride;
        Channels = inner * Expansion;
        _first = new(scope.At(1), from, inner, kernel: 1);
        _second = new(scope.At(2), inner, inner, kernel: 3);
        _third = new(scope.At(3), inner, Channels, kernel: 1, gain: Initialization.Zeros);
        _shortcut = stride > 1 || from != Channels ? new(scope.At("shortcut"), from, Channels, kernel: 1) : null;
    }

    /// <summary>Channels out.</summary>
    public long Channels { get; }

    /// <summary>Its convolutions.</summary>
    public IEnumerable<ConvolutionUnit> Units => new[] { _first, _second, _third, _shortcut }.OfType<ConvolutionUnit>();

    public Value Describe(GraphBuilder graph, Value maps, FollowedStatistics follow) // [n, from, height, width]
    {
        Value Shrink(Value whole) => _stride == 1 ? whole : graph.AveragePool(whole, _stride);
        Value inner = graph.Relu(_first.Describe(graph, maps, follow)); // [n, inner, height, width]
        inner = graph.Relu(_second.Describe(graph, inner, follow));
        inner = _third.Describe(graph, Shrink(inner), follow); // [n, channels, height ÷ stride, width ÷ stride]
        Value shortcut = _shortcut is null ? maps : _shortcut.Describe(graph, Shrink(maps), follow);
        return graph.Relu(graph.Add(inner, shortcut));
    }
}
