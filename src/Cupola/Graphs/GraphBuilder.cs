using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static System.FormattableString;

namespace Cupola.Graphs;

/// <summary>
/// Describes a network operator by operator. Every call checks types and shapes at once, so that a wrong network is an
/// error that names both operands before anything runs. An operator that is asked for twice with the same operands runs
/// once, and what no output needs is left out. A builder makes one graph.
/// </summary>
internal sealed partial class GraphBuilder(OperatorSet operators = OperatorSet.Standard)
{
    /// <summary>Where ONNX Runtime keeps operators of its own.</summary>
    private const string FusedDomain = "com.microsoft";

    /// <summary>The domain of operators that we bring ourselves, for training alone.</summary>
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

    /// <summary>What was described so far, in the order in which it can run.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Something that each run brings.</summary>
    public Value Input(string name, ElementType type, TensorShape shape)
    {
        Value input = new(name, type, shape);
        _inputs.Add(input);
        return input;
    }

    /// <summary>Something learned; asking twice for one name gives one value.</summary>
    public Value Parameter(string name, params ReadOnlySpan<long> shape)
    {
        Value parameter = new(name, ElementType.Float32, TensorShape.Create(shape));
        if (_parameters.TryGetValue(name, out Value? known) && known != parameter)
        {
            throw new InvalidOperationException($"Parameter {known} was asked for again as {parameter}.");
        }

        _parameters[name] = parameter;
        return parameter;
    }

    public Value Constant(ReadOnlySpan<float> numbers, params ReadOnlySpan<long> shape) =>
        AddConstant(ElementType.Float32, MemoryMarshal.AsBytes(numbers), shape);

    public Value Constant(ReadOnlySpan<long> numbers, params ReadOnlySpan<long> shape) =>
        AddConstant(ElementType.Int64, MemoryMarshal.AsBytes(numbers), shape);

    /// <summary>Gives a value to whoever runs the graph.</summary>
    public void Output(string name, Value value) => _outputs.Add(Copy(value, name));

    /// <summary>A value once more under a name of its own.</summary>
    public Value Copy(Value value, string name)
    {
        Value copy = value with { Name = name };
        _nodes.Add(new("Identity", "", [value], copy, NoAttributes));
        return copy;
    }

    /// <summary>The finished graph: only what its outputs need, but every input and every parameter that was named.</summary>
    public Graph Build() => Complete(new(_inputs.ToImmutable(), _outputs.ToImmutable(), [.. _parameters.Values], [], []));

    /// <summary>
    /// The part that leads from some values to others. What lies between is worked out, what is named as an input is not, and
    /// parameters count as inputs; of the
    /// inputs only those that are needed are left.
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

    /// <summary>Fills in the nodes and constants that the outputs need; what comes before an input is not needed.</summary>
    private Graph Complete(Graph graph)
    {
        HashSet<string> given = [.. graph.Inputs.Select(static input => input.Name)];
        HashSet<string> needed = [.. graph.Outputs.Select(static output => output.Name)];
        var nodes = new Stack<Node>();
        bool IsMissing(Value value) => needed.Contains(value.Name) && !given.Contains(value.Name);
        foreach (Node node in Enumerable.Reverse(_nodes).Where(node => node.Outputs.Any(IsMissing)))
        {
            // Only the engine's own operators may leave out what they can give besides.
            nodes.Push(node.Domain == CustomDomain || node.MoreOutputs.Any(IsMissing) ? node : node with { MoreOutputs = [] });
            needed.UnionWith(node.Inputs.OfType<Value>().Select(static input => input.Name));
        }

        return graph with
        {
            Constants = [.. _constants.Where(constant => needed.Contains(constant.Value.Name))],
            Nodes = [.. nodes],
        };
    }

    /// <summary>The numbers of a constant; nothing where the value is none.</summary>
    public long[]? Integers(Value value) =>
        _constants.FirstOrDefault(constant => constant.Value == value) is { } constant
            ? MemoryMarshal.Cast<byte, long>(constant.Bytes.Span).ToArray()
            : null;

    /// <summary>The only number of a constant; nothing where the value is none.</summary>
    private float? Number(Value value) =>
        value is { Type: ElementType.Float32, Shape.ElementCount: { IsFixed: true, Factor: 1 } }
        && _constants.FirstOrDefault(constant => constant.Value == value) is { } constant
            ? MemoryMarshal.Read<float>(constant.Bytes.Span)
            : null;

    /// <summary>Adds to what the operator gives that was added last; one that was known before has them already.</summary>
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

    /// <summary>Whether operators are written for training.</summary>
    public bool IsTrainable => operators == OperatorSet.Trainable;

    /// <summary>The operator that gives a value; nothing where none does.</summary>
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
