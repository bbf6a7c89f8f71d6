using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>Bytes for a while, given back at once: large arrays of the runtime stay until it next collects them all.</summary>
internal sealed unsafe class NativeBytes(int length) : IDisposable
{
    private nint _address = (nint)NativeMemory.Alloc((nuint)length);

    /// <summary>The bytes, which hold anything at first.</summary>
    public Span<byte> Span =>
        new((void*)(_address == 0 ? throw new ObjectDisposedException(nameof(NativeBytes)) : _address), length);

    public void Dispose() => NativeMemory.Free((void*)Interlocked.Exchange(ref _address, 0));
}
