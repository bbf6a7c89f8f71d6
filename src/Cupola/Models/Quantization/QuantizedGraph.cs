using System.Runtime.InteropServices;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models.Quantization;

/// <summary>
/// Rewrites a tower's float32 graph so that its linear layers are integer products: their rows become bytes where they are made
/// (a norm, a non-linearity, or rows as they come), and whole numbers become float32 where they are read (a sum, a non-linearity,
/// attention). What lies between stays as it is described, so that every tower of these layers can run so.
/// </summary>
internal sealed class QuantizedGraph
{
    private static readonly IReadOnlyDictionary<string, object> NoAttributes = new Dictionary<string, object>();

    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, int[]> _kept;
    private readonly ILookup<string, Node> _readers;
    private readonly Dictionary<string, LinearProduct> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinearProduct> _readBy = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answers;

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Value> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Constant> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Value Bytes, Value Statistics)> _bytes = new(StringComparer.Ordinal);

    /// <summary>Products whose numbers no operator has read yet, by the value that they stand for.</summary>
    private readonly Dictionary<string, Value[]> _unread = new(StringComparer.Ordinal);

    private QuantizedGraph(Graph graph, IReadOnlyList<LinearProduct> products, IReadOnlyDictionary<string, int[]> kept)
    {
        _graph = graph;
        _kept = kept;
        _readers = graph
            .Nodes.SelectMany(static node => node.Inputs.OfType<Value>().Select(value => (value.Name, Node: node)))
            .ToLookup(static use => use.Name, static use => use.Node, StringComparer.Ordinal);
        _answers = [.. graph.Outputs.Select(static output => output.Name)];
        foreach (LinearProduct product in products)
        {
            _readBy.TryAdd(product.Rows.Name, product);
            foreach (Node layer in product.Layers)
            {
                _products.Add(layer.Output.Name, product);
            }
        }
    }

    /// <summary>The graph with integer products.</summary>
    /// <param name="graph">The tower, described by <see cref="OperatorSet.Quantizable"/> operators.</param>
    /// <param name="products">Its products.</param>
    /// <param name="kept">The channels that each product keeps in float32.</param>
    /// <exception cref="InvalidOperationException">A non-linearity does not stand between two products.</exception>
    public static Graph Create(Graph graph, IReadOnlyList<LinearProduct> products, IReadOnlyDictionary<string, int[]> kept) =>
        new QuantizedGraph(graph, products, kept).Rewrite();

    private Graph Rewrite()
    {
        foreach (Node node in _graph.Nodes)
        {
            if (_products.TryGetValue(node.Output.Name, out LinearProduct? product))
            {
                if (product.Layers[0] == node)
                {
                    Multiply(product);
                }
            }
            else if (node.Domain == GraphBuilder.CustomDomain && Enum.TryParse(node.Operator, out RowActivation activation))
            {
                Activate(node, activation);
            }
            else if (node.Operator == "Add" && UnreadOperand(node) is { } operand)
            {
                Add(node, operand);
            }
            else if (!(IsNormForProducts(node) && TryNorm(node)))
            {
                Keep(node);
            }
        }

        return Prune();
    }

    /// <summary>The integer product of some layers; those of several layers are read at once.</summary>
    private void Multiply(LinearProduct product)
    {
        Value weight = Parameter(QuantizedWeights.WeightName(product.Name), ElementType.Int8, [product.From, product.Columns]),
            whole = new($"{product.Name}.product", ElementType.Int32, [product.Rows.Shape[0], product.Columns]);
        int[] kept = _kept[product.Name];
        Value table = Parameter(
            QuantizedWeights.TableName(product.Name),
            ElementType.Float32,
            [RowKernel.TableRows + kept.Length, product.Bytes is null ? product.Columns : product.To]
        );
        if (product.Bytes is not null)
        {
            _nodes.Add(new("MatMulInteger", "", [product.Bytes, weight], whole, NoAttributes));
            AddCustom(nameof(JoinDigits), [whole, table], product.Layers[0].Output);
            return;
        }

        (Value bytes, Value statistics) = BytesOf(product.Rows);
        _nodes.Add(new("MatMulInteger", "", [bytes, weight], whole, NoAttributes));
        Value[] unread = [whole, statistics, table];
        if (product.Layers.Count == 1)
        {
            _unread.Add(product.Layers[0].Output.Name, unread);
        }
        else
        {
            AddCustom(Dequantize.NameOf(product.Layers.Count), unread, [.. product.Layers.Select(static layer => layer.Output)]);
        }
    }

    private void Activate(Node node, RowActivation activation)
    {
        Value given = node.Inputs[0]!;
        if (!_unread.Remove(given.Name, out Value[]? product) || !IsForProductsAlone(node.Output) || IsReadElsewhere(given, node))
        {
            throw new InvalidOperationException($"{node.Operator} of {given} does not stand between two linear layers.");
        }

        AddQuantizing(ActivateQuantize.NameOf(activation), product, node.Output);
    }

    /// <summary>A sum with a product, and the bytes of its norm where that is what the next product reads.</summary>
    private void Add(Node node, Value operand)
    {
        Value other = node.Inputs[0] == operand ? node.Inputs[1]! : node.Inputs[0]!;
        Read(other);
        Value[] inputs = [.. _unread[operand.Name], other];
        _unread.Remove(operand.Name);
        if (_readers[node.Output.Name].FirstOrDefault(IsNormForProducts) is { } norm)
        {
            AddQuantizing(nameof(AddNormQuantize), [.. inputs, .. NormInputs(norm)], norm.Output, node.Output);
        }
        else
        {
            AddCustom(nameof(AddDequantized), inputs, node.Output);
        }
    }

    /// <summary>The bytes of a norm, unless they were made with the sum before it.</summary>
    private bool TryNorm(Node node)
    {
        if (!_bytes.ContainsKey(node.Output.Name))
        {
            Read(node.Inputs[0]!);
            AddQuantizing(nameof(NormQuantize), [node.Inputs[0]!, .. NormInputs(node)], node.Output);
        }

        return true;
    }

    private void Keep(Node node)
    {
        foreach (Value input in node.Inputs.OfType<Value>())
        {
            Read(input);
        }

        _nodes.Add(node);
    }

    /// <summary>Makes a value float32 if it is a product that was not read yet.</summary>
    private void Read(Value value)
    {
        if (_unread.Remove(value.Name, out Value[]? product))
        {
            AddCustom(Dequantize.NameOf(1), product, value);
        }
    }

    private (Value Bytes, Value Statistics) BytesOf(Value rows)
    {
        if (!_bytes.ContainsKey(rows.Name))
        {
            Read(rows);
            AddQuantizing(nameof(QuantizeRows), [rows], rows);
        }

        return _bytes[rows.Name];
    }

    /// <summary>The operand of a sum that is an unread product, is read by nothing else and has the sum's shape.</summary>
    private Value? UnreadOperand(Node sum) =>
        sum
            .Inputs.OfType<Value>()
            .FirstOrDefault(value =>
                _unread.ContainsKey(value.Name)
                && value.Shape.Equals(sum.Output.Shape)
                && sum.Inputs.All(input => input!.Shape.Equals(sum.Output.Shape))
                && !IsReadElsewhere(value, sum)
            );

    private bool IsReadElsewhere(Value value, Node reader) =>
        _answers.Contains(value.Name) || _readers[value.Name].Any(other => other != reader);

    private bool IsNormForProducts(Node node) =>
        node.Operator == "LayerNormalization" && node.Output.Shape.Rank == 2 && IsForProductsAlone(node.Output);

    private bool IsForProductsAlone(Value value) =>
        !_answers.Contains(value.Name)
        && _readers[value.Name].Any()
        && _readers[value.Name].All(reader => _products.ContainsKey(reader.Output.Name));

    private Value[] NormInputs(Node norm)
    {
        float epsilon = (float)norm.Attributes["epsilon"];
        return [norm.Inputs[1]!, norm.Inputs[2]!, Constant(ElementType.Float32, MemoryMarshal.AsBytes([epsilon]), 1)];
    }

    /// <summary>An operator whose last outputs are the bytes and statistics of a value.</summary>
    private void AddQuantizing(string name, Value[] inputs, Value value, params Value[] before)
    {
        string product = _readBy[value.Name].Name;
        int[] kept = _kept[product];
        Value channels = Constant(ElementType.Int32, MemoryMarshal.AsBytes<int>([kept.Length, .. kept]), kept.Length + 1),
            bytes = new($"{product}.bytes", ElementType.UInt8, value.Shape),
            statistics =
                new($"{product}.statistics", ElementType.Float32, [value.Shape[0], RowKernel.StatisticNumbers + kept.Length]);
        AddCustom(name, [.. inputs, channels], [.. before, bytes, statistics]);
        _bytes.Add(value.Name, (bytes, statistics));
    }

    private void AddCustom(string name, Value[] inputs, params Value[] outputs) =>
        _nodes.Add(
            new(name, GraphBuilder.CustomDomain, [.. inputs], outputs[0], NoAttributes) { MoreOutputs = [.. outputs[1..]] }
        );

    private Value Parameter(string name, ElementType type, TensorShape shape) => _parameters[name] = new(name, type, shape);

    private Value Constant(ElementType type, ReadOnlySpan<byte> bytes, long length)
    {
        string name = $"{type} {Convert.ToHexString(bytes)}";
        if (!_constants.TryGetValue(name, out Constant? constant))
        {
            constant = new(new(name, type, [length]), bytes.ToArray());
            _constants.Add(name, constant);
        }

        return constant.Value;
    }

    /// <summary>The nodes that lead to the graph's outputs, and what they read.</summary>
    private Graph Prune()
    {
        HashSet<string> needed = new(_answers, StringComparer.Ordinal);
        Stack<Node> nodes = new();
        foreach (Node node in Enumerable.Reverse(_nodes).Where(node => node.Outputs.Any(output => needed.Contains(output.Name))))
        {
            nodes.Push(node);
            needed.UnionWith(node.Inputs.OfType<Value>().Select(static input => input.Name));
        }

        return _graph with
        {
            Nodes = [.. nodes],
            Parameters = [.. _graph.Parameters.Concat(_parameters.Values).Where(parameter => needed.Contains(parameter.Name))],
            Constants = [.. _graph.Constants.Concat(_constants.Values).Where(constant => needed.Contains(constant.Value.Name))],
        };
    }
}
