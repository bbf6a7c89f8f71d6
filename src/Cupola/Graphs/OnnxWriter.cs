using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;

namespace Cupola.Graphs;

/// <summary>
/// Writes a graph as a model of ONNX 1.12 (IR version 8, operator set 17), the newest that every current engine reads.
/// </summary>
internal static class OnnxWriter
{
    private const long IrVersion = 8;
    private const long OperatorSetVersion = 17;

    /// <summary>ONNX's number of an element type (TensorProto.DataType).</summary>
    public static long TypeNumber(ElementType type) =>
        type switch
        {
            ElementType.Float32 => 1,
            ElementType.UInt8 => 2,
            ElementType.Int8 => 3,
            ElementType.Int16 => 5,
            ElementType.Int32 => 6,
            ElementType.Int64 => 7,
            ElementType.Boolean => 9,
            ElementType.Float16 => 10,
            ElementType.Float64 => 11,
            ElementType.BFloat16 => 16,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "ONNX has no such element type."),
        };

    /// <summary>
    /// The model's bytes with parameters that the code running it provides: each refers to an external file of that name, except
    /// for those whose numbers are given.
    /// </summary>
    public static byte[] Write(Graph graph, string location, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> given) =>
        Write(graph, parameter =>
            given.TryGetValue(parameter.Name, out ReadOnlyMemory<byte> bytes)
                ? Tensor(parameter, bytes)
                : External(parameter, ("location", location))
        );

    /// <summary>
    /// The model's bytes with every parameter inside, as other programs expect it; at most 2 GiB, the limit of the format.
    /// </summary>
    public static byte[] Write(Graph graph, Func<string, ReadOnlyMemory<byte>> parameterBytes) =>
        Write(graph, parameter => Tensor(parameter, parameterBytes(parameter.Name)));

    /// <summary>The model's bytes with every parameter in a file beside it, at these offsets in bytes.</summary>
    public static byte[] Write(Graph graph, string location, IReadOnlyDictionary<string, (long Offset, long Length)> offsets) =>
        Write(graph, parameter =>
            External(
                parameter,
                ("location", location),
                ("offset", offsets[parameter.Name].Offset.ToString(CultureInfo.InvariantCulture)),
                ("length", offsets[parameter.Name].Length.ToString(CultureInfo.InvariantCulture))
            )
        );

    private static byte[] Write(Graph graph, Func<Value, ByteString> initializer) =>
        Message(model =>
            {
                WriteInteger(model, OnnxFields.Model.IrVersion, IrVersion);
                WriteText(model, OnnxFields.Model.ProducerName, "cupola");
                WriteMessage(model, OnnxFields.Model.Graph, Message(output => WriteGraph(output, graph, initializer)));
                WriteMessage(model, OnnxFields.Model.OperatorSets, OperatorSetId("", OperatorSetVersion));
                foreach (
                    string domain in graph
                        .Nodes.Select(node => node.Domain)
                        .Where(domain => domain.Length > 0)
                        .Distinct(StringComparer.Ordinal)
                )
                {
                    WriteMessage(model, OnnxFields.Model.OperatorSets, OperatorSetId(domain, 1));
                }
            })
            .ToByteArray();

    private static void WriteGraph(CodedOutputStream output, Graph graph, Func<Value, ByteString> initializer)
    {
        foreach (Node node in graph.Nodes)
        {
            WriteMessage(output, OnnxFields.Graph.Nodes, Message(message => WriteNode(message, node)));
        }

        WriteText(output, OnnxFields.Graph.Name, "cupola");
        foreach (Value parameter in graph.Parameters)
        {
            WriteMessage(output, OnnxFields.Graph.Initializers, initializer(parameter));
        }

        foreach (Constant constant in graph.Constants)
        {
            WriteMessage(output, OnnxFields.Graph.Initializers, Tensor(constant.Value, constant.Bytes));
        }

        WriteValues(output, OnnxFields.Graph.Inputs, graph.Inputs);
        WriteValues(output, OnnxFields.Graph.Outputs, graph.Outputs);
    }

    private static void WriteNode(CodedOutputStream output, Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            WriteText(output, OnnxFields.Node.Inputs, input?.Name ?? "");
        }

        foreach (Value given in node.Outputs)
        {
            WriteText(output, OnnxFields.Node.Outputs, given.Name);
        }

        WriteText(output, OnnxFields.Node.Name, node.Output.Name);
        WriteText(output, OnnxFields.Node.Operator, node.Operator);
        foreach ((string name, object value) in node.Attributes)
        {
            WriteMessage(output, OnnxFields.Node.Attributes, Message(attribute => WriteAttribute(attribute, name, value)));
        }

        WriteText(output, OnnxFields.Node.Domain, node.Domain);
    }

    private static void WriteAttribute(CodedOutputStream output, string name, object value)
    {
        WriteText(output, OnnxFields.Attribute.Name, name);
        switch (value)
        {
            case float number:
                output.WriteTag(OnnxFields.Attribute.Float, WireFormat.WireType.Fixed32);
                output.WriteFloat(number);
                WriteInteger(output, OnnxFields.Attribute.Type, OnnxFields.AttributeType.Float);
                break;
            case long number:
                WriteInteger(output, OnnxFields.Attribute.Integer, number);
                WriteInteger(output, OnnxFields.Attribute.Type, OnnxFields.AttributeType.Integer);
                break;
            case string text:
                WriteText(output, OnnxFields.Attribute.Text, text);
                WriteInteger(output, OnnxFields.Attribute.Type, OnnxFields.AttributeType.Text);
                break;
            case long[] numbers:
                foreach (long number in numbers)
                {
                    WriteInteger(output, OnnxFields.Attribute.Integers, number);
                }

                WriteInteger(output, OnnxFields.Attribute.Type, OnnxFields.AttributeType.Integers);
                break;
            default:
                throw new InvalidOperationException(
                    $"Attribute '{name}' is a {value.GetType().Name}, which no operator here accepts."
                );
        }
    }

    private static void WriteValues(CodedOutputStream output, int field, ImmutableArray<Value> values)
    {
        foreach (Value value in values)
        {
            ByteString shape = Message(message =>
            {
                foreach (Dimension dimension in value.Shape)
                {
                    WriteMessage(
                        message,
                        OnnxFields.Shape.Dimensions,
                        Message(extent =>
                        {
                            if (dimension.IsFixed)
                            {
                                WriteInteger(extent, OnnxFields.Dimension.Number, dimension.Factor);
                            }
                            else
                            {
                                WriteText(extent, OnnxFields.Dimension.Symbol, dimension.ToString());
                            }
                        })
                    );
                }
            });
            ByteString tensorType = Message(message =>
            {
                WriteInteger(message, OnnxFields.TensorType.ElementType, TypeNumber(value.Type));
                WriteMessage(message, OnnxFields.TensorType.Shape, shape);
            });
            WriteMessage(
                output,
                field,
                Message(message =>
                {
                    WriteText(message, OnnxFields.ValueInfo.Name, value.Name);
                    WriteMessage(
                        message,
                        OnnxFields.ValueInfo.Type,
                        Message(type => WriteMessage(type, OnnxFields.Type.Tensor, tensorType))
                    );
                })
            );
        }
    }

    private static ByteString Tensor(Value value, ReadOnlyMemory<byte> bytes) =>
        Message(output =>
        {
            WriteTensorHead(output, value);
            output.WriteTag(OnnxFields.TensorData.RawData, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
        });

    private static ByteString External(Value value, params (string Key, string Value)[] entries) =>
        Message(output =>
        {
            WriteTensorHead(output, value);
            foreach ((string key, string text) in entries)
            {
                WriteMessage(
                    output,
                    OnnxFields.TensorData.ExternalData,
                    Message(entry =>
                    {
                        WriteText(entry, OnnxFields.Entry.Key, key);
                        WriteText(entry, OnnxFields.Entry.Value, text);
                    })
                );
            }

            WriteInteger(output, OnnxFields.TensorData.DataLocation, OnnxFields.DataLocation.External);
        });

    private static void WriteTensorHead(CodedOutputStream output, Value value)
    {
        foreach (Dimension dimension in value.Shape)
        {
            WriteInteger(output, OnnxFields.TensorData.Dimensions, dimension.Factor);
        }

        WriteInteger(output, OnnxFields.TensorData.ElementType, TypeNumber(value.Type));
        WriteText(output, OnnxFields.TensorData.Name, value.Name);
    }

    private static ByteString OperatorSetId(string domain, long version) =>
        Message(output =>
        {
            WriteText(output, OnnxFields.OperatorSet.Domain, domain);
            WriteInteger(output, OnnxFields.OperatorSet.Version, version);
        });

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using MemoryStream bytes = new();
        using (CodedOutputStream output = new(bytes, leaveOpen: true))
        {
            write(output);
        }

        return UnsafeByteOperations.UnsafeWrap(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    private static void WriteMessage(CodedOutputStream output, int field, ByteString message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(message);
    }

    private static void WriteText(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    private static void WriteInteger(CodedOutputStream output, int field, long number)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(number);
    }
}
