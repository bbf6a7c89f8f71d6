using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>Temporary native memory, freed at once; large managed arrays stay until the next full garbage collection.</summary>
internal sealed unsafe class NativeBytes(int length) : IDisposable
{
    private nint _address = (nint)NativeMemory.Alloc((nuint)length);

    /// <summary>The bytes, not initialized.</summary>
    public Span<byte> Span =>
        new((void*)(_address == 0 ? throw new ObjectDisposedException(nameof(NativeBytes)) : _address), length);

    public void Dispose() => NativeMemory.Free((void*)Interlocked.Exchange(ref _address, 0));
}
