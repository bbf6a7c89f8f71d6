namespace FlagWorld.Output;

/// <summary>A text that gets its name when it is whole.</summary>
internal sealed class WholeTextFile(string path) : IDisposable
{
    public StreamWriter Writer { get; } = new($"{path}.part") { NewLine = "\n" };

    public void Dispose()
    {
        Writer.Dispose();
        File.Move($"{path}.part", path, overwrite: true);
    }
}
