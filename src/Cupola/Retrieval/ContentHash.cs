using System.Runtime.InteropServices;

namespace Cupola.Retrieval;

/// <summary>SHA-256 of a file's bytes, to be compared by value.</summary>
/// <param name="bytes">Its 32 bytes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ContentHash(byte[] bytes) : IEquatable<ContentHash>
{
    private readonly byte[] _bytes = bytes;

    /// <summary>Its bytes.</summary>
    public byte[] ToArray() => _bytes;

    public bool Equals(ContentHash other) => _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is ContentHash other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);
}
