namespace Cupola.Graphs;

/// <summary>The type of a tensor's elements.</summary>
internal enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>The upper half of a binary32: eight bits of exponent, seven of fraction.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>Unsigned bytes; pixels.</summary>
    UInt8,

    /// <summary>Signed bytes.</summary>
    Int8,

    /// <summary>Signed 16-bit integers.</summary>
    Int16,

    /// <summary>Signed 32-bit integers.</summary>
    Int32,

    /// <summary>Signed 64-bit integers; token ids and indices.</summary>
    Int64,

    /// <summary>One byte each, 0 or 1.</summary>
    Boolean,
}

/// <summary>Sizes of the element types.</summary>
internal static class ElementTypeExtensions
{
    /// <summary>The size of one element in bytes.</summary>
    public static int ByteSize(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 => 8,
            ElementType.Float32 or ElementType.Int32 => 4,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
            ElementType.UInt8 or ElementType.Int8 or ElementType.Boolean => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
        };
}
