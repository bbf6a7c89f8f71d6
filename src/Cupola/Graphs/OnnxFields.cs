namespace Cupola.Graphs;

/// <summary>
/// The field numbers of ONNX's messages that a graph needs (onnx.proto of ONNX 1.12), a class for each message. Numbers of
/// Protocol Buffers never change their meaning.
/// </summary>
internal static class OnnxFields
{
    /// <summary>ModelProto: the file as a whole.</summary>
    internal static class Model
    {
        public const int IrVersion = 1;
        public const int ProducerName = 2;
        public const int Graph = 7;
        public const int OperatorSets = 8;
    }

    /// <summary>OperatorSetIdProto: a domain of operators and its version.</summary>
    internal static class OperatorSet
    {
        public const int Domain = 1;
        public const int Version = 2;
    }

    /// <summary>GraphProto.</summary>
    internal static class Graph
    {
        public const int Nodes = 1;
        public const int Name = 2;
        public const int Initializers = 5;
        public const int Inputs = 11;
        public const int Outputs = 12;
    }

    /// <summary>NodeProto: one use of an operator.</summary>
    internal static class Node
    {
        public const int Inputs = 1;
        public const int Outputs = 2;
        public const int Name = 3;
        public const int Operator = 4;
        public const int Attributes = 5;
        public const int Domain = 7;
    }

    /// <summary>AttributeProto.</summary>
    internal static class Attribute
    {
        public const int Name = 1;
        public const int Float = 2;
        public const int Integer = 3;
        public const int Text = 4;
        public const int Integers = 8;
        public const int Type = 20;
    }

    /// <summary>AttributeProto.AttributeType: the values of <see cref="Attribute.Type"/>.</summary>
    internal static class AttributeType
    {
        public const long Float = 1;
        public const long Integer = 2;
        public const long Text = 3;
        public const long Integers = 7;
    }

    /// <summary>ValueInfoProto: the name and type of an input or output.</summary>
    internal static class ValueInfo
    {
        public const int Name = 1;
        public const int Type = 2;
    }

    /// <summary>TypeProto.</summary>
    internal static class Type
    {
        public const int Tensor = 1;
    }

    /// <summary>TypeProto.Tensor.</summary>
    internal static class TensorType
    {
        public const int ElementType = 1;
        public const int Shape = 2;
    }

    /// <summary>TensorShapeProto.</summary>
    internal static class Shape
    {
        public const int Dimensions = 1;
    }

    /// <summary>TensorShapeProto.Dimension: a number or a symbol.</summary>
    internal static class Dimension
    {
        public const int Number = 1;
        public const int Symbol = 2;
    }

    /// <summary>TensorProto: numbers, or a reference to an external file.</summary>
    internal static class TensorData
    {
        public const int Dimensions = 1;
        public const int ElementType = 2;
        public const int Name = 8;
        public const int RawData = 9;
        public const int ExternalData = 13;
        public const int DataLocation = 14;
    }

    /// <summary>TensorProto.DataLocation: what <see cref="TensorData.DataLocation"/> says of numbers in another file.</summary>
    internal static class DataLocation
    {
        public const long External = 1;
    }

    /// <summary>StringStringEntryProto: one property of external data.</summary>
    internal static class Entry
    {
        public const int Key = 1;
        public const int Value = 2;
    }
}
