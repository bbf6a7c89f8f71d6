using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Cupola.Graphs;

/// <summary>
/// Describes a network operator by operator. Every call checks types and shapes at once, so that a wrong network is an
/// error that names both operands before anything runs. A builder makes one graph.
/// </summary>
internal sealed partial class GraphBuilder(OperatorSet operators = OperatorSet.Standard)
{
    /// <summary>Where ONNX Runtime keeps operators of its own.</summary>
    private const string FusedDomain = "com.microsoft";

    private static readonly IReadOnlyDictionary<string, object> NoAttributes = ImmutableDictionary<string, object>.Empty;

    private readonly ImmutableArray<Value>.Builder _inputs = ImmutableArray.CreateBuilder<Value>();
    private readonly ImmutableArray<Value>.Builder _outputs = ImmutableArray.CreateBuilder<Value>();
    private readonly Dictionary<string, Value> _parameters = [];
    private readonly ImmutableArray<Constant>.Builder _constants = ImmutableArray.CreateBuilder<Constant>();
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private int _values;

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
        Value parameter = new(name, ElementType.Float32, TensorShape.Of(shape));
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
    public void Output(string name, Value value)
    {
        Value output = value with { Name = name };
        _nodes.Add(new("Identity", "", [value], output, NoAttributes));
        _outputs.Add(output);
    }

    /// <summary>The finished graph.</summary>
    public Graph Build() => new(_inputs.ToImmutable(), _outputs.ToImmutable(), [.. _parameters.Values], _constants.ToImmutable(), _nodes.ToImmutable());

    private Value AddConstant(ElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        Value value = new(NextName("constant"), type, TensorShape.Of(shape));
        if (value.Shape.ElementCount != bytes.Length / type.ByteSize())
        {
            throw new InvalidOperationException($"A constant of shape {value.Shape} was given {bytes.Length / type.ByteSize()} numbers.");
        }

        _constants.Add(new(value, bytes.ToArray()));
        return value;
    }

    private Value AddNode(string name, ElementType type, TensorShape shape, ReadOnlySpan<Value?> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        AddNode("", name, type, shape, inputs, attributes);

    private Value AddNode(
        string domain,
        string name,
        ElementType type,
        TensorShape shape,
        ReadOnlySpan<Value?> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Value output = new(NextName(name), type, shape);
        var named = new Dictionary<string, object>(attributes.Length);
        foreach ((string attribute, object value) in attributes)
        {
            named.Add(attribute, value);
        }

        _nodes.Add(new(name, domain, [.. inputs], output, named));
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
