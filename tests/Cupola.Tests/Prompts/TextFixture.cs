using System.Text;

namespace Cupola.Tests.Prompts;

/// <summary>A file in a folder of its own, deleted after the test.</summary>
internal sealed class TextFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cupola-text-");

    public TextFixture(string name, byte[] content)
    {
        Path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(Path, content);
    }

    public TextFixture(string name, string content)
        : this(name, Encoding.UTF8.GetBytes(content)) { }

    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
