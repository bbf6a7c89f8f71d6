using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;

namespace Cupola.Graphs;

/// <summary>
/// Writes a graph as an ONNX model. Field numbers are those of onnx.proto (ONNX 1.12: IR version 8, operator set 17),
/// the newest that every current engine reads.
/// </summary>
internal static class OnnxWriter
{
    private const long IrVersion = 8;
    private const long OperatorSetVersion = 17;

    /// <summary>The number ONNX gives an element type (TensorProto.DataType).</summary>
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
    /// The model's bytes, its parameters left to be lent by whoever runs it: each stands for an external file of that name,
    /// but for those whose numbers are given.
    /// </summary>
    public static byte[] Write(Graph graph, string location, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> given) =>
        Write(graph, parameter =>
            given.TryGetValue(parameter.Name, out ReadOnlyMemory<byte> bytes)
                ? Tensor(parameter, bytes)
                : External(parameter, ("location", location))
        );

    /// <summary>
    /// The model's bytes with every parameter inside, as others expect an ONNX file; 2 GiB at most, the limit of the format.
    /// </summary>
    public static byte[] Write(Graph graph, Func<string, ReadOnlyMemory<byte>> parameterBytes) =>
        Write(graph, parameter => Tensor(parameter, parameterBytes(parameter.Name)));

    /// <summary>The model's bytes with every parameter in a file beside it, at these places in bytes.</summary>
    public static byte[] Write(Graph graph, string location, IReadOnlyDictionary<string, (long Offset, long Length)> places) =>
        Write(graph, parameter =>
            External(
                parameter,
                ("location", location),
                ("offset", places[parameter.Name].Offset.ToString(CultureInfo.InvariantCulture)),
                ("length", places[parameter.Name].Length.ToString(CultureInfo.InvariantCulture))
            )
        );

    private static byte[] Write(Graph graph, Func<Value, ByteString> initializer) =>
        Message(model =>
            {
                WriteInteger(model, 1, IrVersion);
                WriteText(model, 2, "cupola");
                WriteMessage(model, 7, Message(output => WriteGraph(output, graph, initializer)));
                WriteMessage(model, 8, OperatorSetId("", OperatorSetVersion));
                foreach (
                    string domain in graph
                        .Nodes.Select(node => node.Domain)
                        .Where(domain => domain.Length > 0)
                        .Distinct(StringComparer.Ordinal)
                )
                {
                    WriteMessage(model, 8, OperatorSetId(domain, 1));
                }
            })
            .ToByteArray();

    private static void WriteGraph(CodedOutputStream output, Graph graph, Func<Value, ByteString> initializer)
    {
        foreach (Node node in graph.Nodes)
        {
            WriteMessage(output, 1, Message(message => WriteNode(message, node)));
        }

        WriteText(output, 2, "cupola");
        foreach (Value parameter in graph.Parameters)
        {
            WriteMessage(output, 5, initializer(parameter));
        }

        foreach (Constant constant in graph.Constants)
        {
            WriteMessage(output, 5, Tensor(constant.Value, constant.Bytes));
        }

        WriteValues(output, 11, graph.Inputs);
        WriteValues(output, 12, graph.Outputs);
    }

    private static void WriteNode(CodedOutputStream output, Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            WriteText(output, 1, input?.Name ?? "");
        }

        foreach (Value given in node.Outputs)
        {
            WriteText(output, 2, given.Name);
        }

        WriteText(output, 3, node.Output.Name);
        WriteText(output, 4, node.Operator);
        foreach ((string name, object value) in node.Attributes)
        {
            WriteMessage(output, 5, Message(attribute => WriteAttribute(attribute, name, value)));
        }

        WriteText(output, 7, node.Domain);
    }

    private static void WriteAttribute(CodedOutputStream output, string name, object value)
    {
        WriteText(output, 1, name);
        switch (value)
        {
            case float number:
                output.WriteTag(2, WireFormat.WireType.Fixed32);
                output.WriteFloat(number);
                WriteInteger(output, 20, 1); // AttributeProto.FLOAT
                break;
            case long number:
                WriteInteger(output, 3, number);
                WriteInteger(output, 20, 2); // AttributeProto.INT
                break;
            case string text:
                WriteText(output, 4, text);
                WriteInteger(output, 20, 3); // AttributeProto.STRING
                break;
            case long[] numbers:
                foreach (long number in numbers)
                {
                    WriteInteger(output, 8, number);
                }

                WriteInteger(output, 20, 7); // AttributeProto.INTS
                break;
            default:
                throw new InvalidOperationException(
                    $"Attribute '{name}' is a {value.GetType().Name}, which no operator here takes."
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
                        1,
                        Message(extent =>
                        {
                            if (dimension.IsFixed)
                            {
                                WriteInteger(extent, 1, dimension.Factor);
                            }
                            else
                            {
                                WriteText(extent, 2, dimension.ToString());
                            }
                        })
                    );
                }
            });
            ByteString tensorType = Message(message =>
            {
                WriteInteger(message, 1, TypeNumber(value.Type));
                WriteMessage(message, 2, shape);
            });
            WriteMessage(
                output,
                field,
                Message(message =>
                {
                    WriteText(message, 1, value.Name);
                    WriteMessage(message, 2, Message(type => WriteMessage(type, 1, tensorType)));
                })
            );
        }
    }

    private static ByteString Tensor(Value value, ReadOnlyMemory<byte> bytes) =>
        Message(output =>
        {
            WriteTensorHead(output, value);
            output.WriteTag(9, WireFormat.WireType.LengthDelimited); // raw_data
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
                    13,
                    Message(entry => // external_data
                    {
                        WriteText(entry, 1, key);
                        WriteText(entry, 2, text);
                    })
                );
            }

            WriteInteger(output, 14, 1); // data_location EXTERNAL
        });

    private static void WriteTensorHead(CodedOutputStream output, Value value)
    {
        foreach (Dimension dimension in value.Shape)
        {
            WriteInteger(output, 1, dimension.Factor);
        }

        WriteInteger(output, 2, TypeNumber(value.Type));
        WriteText(output, 8, value.Name);
    }

    private static ByteString OperatorSetId(string domain, long version) =>
        Message(output =>
        {
            WriteText(output, 1, domain);
            WriteInteger(output, 2, version);
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
