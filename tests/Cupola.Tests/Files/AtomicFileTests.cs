using Cupola.Files;

namespace Cupola.Tests.Files;

public sealed class AtomicFileTests
{
    [Fact]
    public void AFileThatManyWriteAtOnceIsWholeWheneverItIsRead()
    {
        string path = Path.Combine(TestFolder.New(), "shared");
        byte[] bytes = [.. Enumerable.Range(0, 1 << 12).Select(static place => (byte)place)];
        AtomicFile.Write(path, stream => stream.Write(bytes));

        Parallel.For(0, 320, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index =>
        {
            if (index % 2 == 0)
            {
                AtomicFile.WriteAmongOthers(path, stream => stream.Write(bytes));
            }
            else
            {
                Assert.Equal(bytes, File.ReadAllBytes(path));
            }
        });

        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }
}
