using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static System.FormattableString;

namespace Cupola.Graphs;

/// <summary>
/// Describes a network operator by operator. Every call checks types and shapes at once, so that a wrong network causes an error
/// that names both operands before anything runs. An operator that is requested twice with the same operands runs once, and nodes
/// that no output needs are omitted. A builder makes one graph.
/// </summary>
internal sealed partial class GraphBuilder(OperatorSet operators = OperatorSet.Standard)
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    private const string FusedDomain = "com.microsoft";

    /// <summary>The domain of our custom operators, which are for training and for integer products.</summary>
    public const string CustomDomain = "cupola";

    private static readonly IReadOnlyDictionary<string, object> NoAttributes = ImmutableDictionary<string, object>.Empty;

    private readonly ImmutableArray<Value>.Builder _inputs = ImmutableArray.CreateBuilder<Value>();
    private readonly ImmutableArray<Value>.Builder _outputs = ImmutableArray.CreateBuilder<Value>();
    private readonly Dictionary<string, Value> _parameters = [];
    private readonly ImmutableArray<Constant>.Builder _constants = ImmutableArray.CreateBuilder<Constant>();
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly Dictionary<string, Value> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>The nodes so far, in execution order.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>An input of each run.</summary>
    public Value Input(string name, ElementType type, TensorShape shape)
    {
        Value input = new(name, type, shape);
        _inputs.Add(input);
        return input;
    }

    /// <summary>A learned parameter; two requests for one name return the same value.</summary>
    public Value Parameter(string name, params ReadOnlySpan<long> shape)
    {
        Value parameter = new(name, ElementType.Float32, TensorShape.Create(shape));
        if (_parameters.TryGetValue(name, out Value? known) && known != parameter)
        {
            throw new InvalidOperationException($"Parameter {known} was requested again as {parameter}.");
        }

        _parameters[name] = parameter;
        return parameter;
    }

    public Value Constant(ReadOnlySpan<float> numbers, params ReadOnlySpan<long> shape) =>
        AddConstant(ElementType.Float32, MemoryMarshal.AsBytes(numbers), shape);

    public Value Constant(ReadOnlySpan<long> numbers, params ReadOnlySpan<long> shape) =>
        AddConstant(ElementType.Int64, MemoryMarshal.AsBytes(numbers), shape);

    /// <summary>Makes a value an output of the graph.</summary>
    public void Output(string name, Value value) => _outputs.Add(Copy(value, name));

    /// <summary>A copy of a value under another name.</summary>
    public Value Copy(Value value, string name)
    {
        Value copy = value with { Name = name };
        _nodes.Add(new("Identity", "", [value], copy, NoAttributes));
        return copy;
    }

    /// <summary>The finished graph: only what its outputs need, but every named input and parameter.</summary>
    public Graph Build() => Complete(new(_inputs.ToImmutable(), _outputs.ToImmutable(), [.. _parameters.Values], [], []));

    /// <summary>
    /// The part of the graph that leads from some values to others. Values between them are computed, those named as inputs are
    /// not, and parameters count as inputs; only the needed inputs are kept.
    /// </summary>
    public Graph Subgraph(IEnumerable<Value> inputs, IEnumerable<Value> outputs)
    {
        Graph part = Complete(new([.. inputs, .. _parameters.Values], [.. outputs], [], [], []));
        HashSet<string> read =
        [
            .. part.Nodes.SelectMany(static node => node.Inputs).OfType<Value>().Select(static value => value.Name),
        ];
        return part with { Inputs = [.. part.Inputs.Where(input => read.Contains(input.Name))] };
    }

    /// <summary>Adds the nodes and constants that the outputs need; nodes before an input are not needed.</summary>
    private Graph Complete(Graph graph)
    {
        HashSet<string> given = [.. graph.Inputs.Select(static input => input.Name)];
        HashSet<string> needed = [.. graph.Outputs.Select(static output => output.Name)];
        var nodes = new Stack<Node>();
        bool IsMissing(Value value) => needed.Contains(value.Name) && !given.Contains(value.Name);
        foreach (Node node in Enumerable.Reverse(_nodes).Where(node => node.Outputs.Any(IsMissing)))
        {
            // Only the engine's own operators may omit their optional outputs.
            nodes.Push(node.Domain == CustomDomain || node.MoreOutputs.Any(IsMissing) ? node : node with { MoreOutputs = [] });
            needed.UnionWith(node.Inputs.OfType<Value>().Select(static input => input.Name));
        }

        return graph with
        {
            Constants = [.. _constants.Where(constant => needed.Contains(constant.Value.Name))],
            Nodes = [.. nodes],
        };
    }

    /// <summary>The numbers of a constant; null if the value is not a constant.</summary>
    public long[]? Integers(Value value) =>
        _constants.FirstOrDefault(constant => constant.Value == value) is { } constant
            ? MemoryMarshal.Cast<byte, long>(constant.Bytes.Span).ToArray()
            : null;

    /// <summary>The only number of a constant; null if the value is not such a constant.</summary>
    private float? Number(Value value) =>
        value is { Type: ElementType.Float32, Shape.ElementCount: { IsFixed: true, Factor: 1 } }
        && _constants.FirstOrDefault(constant => constant.Value == value) is { } constant
            ? MemoryMarshal.Read<float>(constant.Bytes.Span)
            : null;

    /// <summary>Adds outputs to the last operator; one that was found by its key already has them.</summary>
    private void AddOutputs(Value first, params ReadOnlySpan<(string Name, TensorShape Shape)> more)
    {
        Node node = ProducerOf(first)!;
        if (node.MoreOutputs.IsEmpty)
        {
            var outputs = ImmutableArray.CreateBuilder<Value>(more.Length);
            foreach ((string name, TensorShape shape) in more)
            {
                outputs.Add(new(NextName(name), first.Type, shape));
            }

            _nodes[^1] = _producers[first.Name] = node with { MoreOutputs = outputs.ToImmutable() };
        }
    }

    /// <summary>Whether the graph is built for training.</summary>
    public bool IsTrainable => operators == OperatorSet.Trainable;

    /// <summary>The node that gives a value; null for an input, a parameter or a constant.</summary>
    private Node? ProducerOf(Value value) => _producers.GetValueOrDefault(value.Name);

    private Value AddConstant(ElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        string key = $"{type} [{string.Join(',', shape.ToArray())}] {Convert.ToBase64String(SHA256.HashData(bytes))}";
        if (_known.TryGetValue(key, out Value? known))
        {
            return known;
        }

        Value value = new(NextName("constant"), type, TensorShape.Create(shape));
        if (value.Shape.ElementCount != bytes.Length / type.ByteSize())
        {
            throw new InvalidOperationException(
                Invariant($"A constant of shape {value.Shape} was given {bytes.Length / type.ByteSize()} numbers.")
            );
        }

        _constants.Add(new(value, bytes.ToArray()));
        _known.Add(key, value);
        return value;
    }

    private Value AddNode(
        string name,
        ElementType type,
        TensorShape shape,
        ReadOnlySpan<Value?> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    ) => AddNode("", name, type, shape, inputs, attributes);

    private Value AddNode(
        string domain,
        string name,
        ElementType type,
        TensorShape shape,
        ReadOnlySpan<Value?> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    )
    {
        var named = new Dictionary<string, object>(attributes.Length);
        StringBuilder key = new(name);
        foreach (Value? input in inputs)
        {
            key.Append('|').Append(input?.Name);
        }

        foreach ((string attribute, object value) in attributes)
        {
            named.Add(attribute, value);
            key.Append('|')
                .Append(attribute)
                .Append('=')
                .Append(
                    value is long[] numbers ? string.Join(',', numbers) : string.Create(CultureInfo.InvariantCulture, $"{value}")
                );
        }

        if (_known.TryGetValue(key.ToString(), out Value? known) && known.Shape.Equals(shape))
        {
            return known;
        }

        Value output = new(NextName(name), type, shape);
        _nodes.Add(new(name, domain, [.. inputs], output, named));
        _producers.Add(output.Name, _nodes[^1]);
        _known[key.ToString()] = output;
        return output;
    }

    private string NextName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{_values++}");

    private static InvalidOperationException Mismatch(string operation, Value left, Value right, string rule) =>
        new($"{operation} of {left} and {right}: {rule}.");

    private static void RequireType(string operation, Value value, ElementType type)
    {
        if (value.Type != type)
        {
            throw new InvalidOperationException($"{operation} of {value}: its elements are {value.Type}, not {type}.");
        }
    }
}
