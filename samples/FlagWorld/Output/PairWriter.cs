namespace FlagWorld.Output;

/// <summary>Writes images with their captions.</summary>
internal abstract class PairWriter : IDisposable
{
    /// <summary>Writes one image.</summary>
    /// <param name="name">Without an ending: 000017.</param>
    /// <param name="jpeg">The image's file.</param>
    /// <param name="captions">What is said of it.</param>
    public abstract void Write(string name, ReadOnlyMemory<byte> jpeg, IReadOnlyList<string> captions);

    public abstract void Dispose();
}
