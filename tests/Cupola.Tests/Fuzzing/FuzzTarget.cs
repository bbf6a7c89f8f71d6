namespace Cupola.Tests.Fuzzing;

/// <summary>How the bytes of an input are put together, so that a change can go below its surface.</summary>
internal enum InputForm
{
    Binary,
    Text,
    Json,
    JsonLines,
    Events,
    Safetensors,
    Zip,
    Gzip,
    Tar,
    Png,
}

/// <summary>A good input, of which bad ones are made.</summary>
/// <param name="FileName">What its reader finds it as.</param>
/// <param name="Form">How it is put together.</param>
/// <param name="Bytes">What is in it.</param>
internal sealed record FuzzSeed(string FileName, InputForm Form, byte[] Bytes)
{
    public static FuzzSeed Of(string path, InputForm form) => new(Path.GetFileName(path), form, File.ReadAllBytes(path));

    public static FuzzSeed Of(string fileName, InputForm form, string text) =>
        new(fileName, form, System.Text.Encoding.UTF8.GetBytes(text));
}

/// <summary>A kind of input, and who reads it.</summary>
/// <param name="Kind">What it is called.</param>
/// <param name="Seeds">Good inputs.</param>
/// <param name="Read">Reads the file at a path, and hands on each sentence that it is told about what was passed over.</param>
internal sealed record FuzzTarget(string Kind, IReadOnlyList<FuzzSeed> Seeds, Action<string, Action<string>> Read)
{
    /// <summary>Files that its reader finds beside the input.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>
    /// What an input of it may allocate in managed memory: twenty times the largest of its files that anybody has, and more for
    /// decoded images.
    /// </summary>
    public long MostBytes { get; init; } = 512 << 20;
}
