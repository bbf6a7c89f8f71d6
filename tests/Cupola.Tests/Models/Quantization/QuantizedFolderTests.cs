using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models.Quantization;

/// <summary>Quantized weights that were kept are used at the next start, belong to their model, and can do no harm.</summary>
public sealed class QuantizedFolderTests
{
    private static string Model => ParityModel.Find("own vit", "transformers");

    [Fact]
    public void ASecondStartReadsWhatTheFirstOneKept()
    {
        string folder = TestFolder.New();
        float[] first = Encode(Model, folder);
        (string file, DateTime written, byte[] bytes) = Kept(folder);

        float[] second = Encode(Model, folder);

        Assert.Equal(first, second);
        Assert.Equal(bytes, File.ReadAllBytes(file));
        Assert.True(File.GetLastWriteTimeUtc(file) >= written);
        Assert.Single(Directory.GetFiles(folder, "*.fingerprint"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(4000)]
    [InlineData(-1)]
    public void AFlippedBitIsFoundAndTheFileMadeAnew(int place)
    {
        string folder = TestFolder.New();
        float[] first = Encode(Model, folder);
        (string file, _, byte[] bytes) = Kept(folder);
        byte[] damaged = [.. bytes];
        damaged[place < 0 ? ^1 : place] ^= 4;
        File.WriteAllBytes(file, damaged);

        Assert.Equal(first, Encode(Model, folder));
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(3000)]
    public void AFileThatWasCutOffIsMadeAnew(int length)
    {
        string folder = TestFolder.New();
        float[] first = Encode(Model, folder);
        (string file, _, byte[] bytes) = Kept(folder);
        File.WriteAllBytes(file, bytes[..length]);

        Assert.Equal(first, Encode(Model, folder));
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void AnotherModelAtTheSamePlaceHasWeightsOfItsOwn()
    {
        string folder = TestFolder.New(),
            model = Int8Models.Copy(Model, static _ => { }),
            other = Int8Models.Copy(Model, static tensors =>
                tensors.First(static entry => entry.Key.EndsWith("fc1.weight", StringComparison.Ordinal)).Value[1] += 0.5f
            ),
            weights = Path.Combine(model, "model.safetensors");
        // The same size and time as before: what tells them apart is what they hold.
        DateTime time = DateTime.UtcNow - TimeSpan.FromHours(1);
        File.SetLastWriteTimeUtc(weights, time);
        float[] first = Encode(model, folder);
        File.Copy(Path.Combine(other, "model.safetensors"), weights, overwrite: true);
        File.SetLastWriteTimeUtc(weights, time);

        float[] second = Encode(model, folder);

        Assert.NotEqual(first, second);
        Assert.Equal(Encode(other, TestFolder.New()), second);
        Assert.Equal(2, Directory.GetFiles(folder, "*.int8.safetensors").Length);
    }

    [Fact]
    public void WhereNothingCanBeKeptWeightsAreQuantizedAtEveryStart()
    {
        string file = TestFolder.NewFile("no folder");
        File.WriteAllText(file, "");

        Assert.Equal(Encode(Model, TestFolder.New()), Encode(Model, Path.Combine(file, "below")));
    }

    [Fact]
    public void WhileAnotherProcessWritesNothingIsKept()
    {
        string folder = TestFolder.New();
        using (new FileStream(Path.Combine(folder, "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Encode(Model, folder);
        }

        Assert.Empty(Directory.GetFiles(folder, "*.int8.safetensors"));
        Encode(Model, folder);
        Assert.Single(Directory.GetFiles(folder, "*.int8.safetensors"));
    }

    [Fact]
    public void TheWeightsThatWereNotUsedForLongestMakeRoom()
    {
        string folder = TestFolder.New();
        Encode(Model, folder);
        (string file, _, byte[] bytes) = Kept(folder);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow - TimeSpan.FromDays(1));

        Encode(ParityModel.Find("own vit-gelu", "transformers"), folder, mostBytes: bytes.Length + 100);

        Assert.NotEqual(file, Assert.Single(Directory.GetFiles(folder, "*.int8.safetensors")));
    }

    private static (string File, DateTime Written, byte[] Bytes) Kept(string folder)
    {
        string file = Assert.Single(Directory.GetFiles(folder, "*.image.int8.safetensors"));
        return (file, File.GetLastWriteTimeUtc(file), File.ReadAllBytes(file));
    }

    private static float[] Encode(string path, string folder, long? mostBytes = null)
    {
        using ClipModel model = ClipModel.Load(
            path,
            new Engine(new() { Threads = 2, Precision = Precision.Int8 }),
            quantized: mostBytes is { } most ? new(folder, most) : new(folder)
        );
        using Tensor images = Tensor.Allocate(ElementType.UInt8, 2, model.Preprocessing.Size, model.Preprocessing.Size, 3);
        new Random(8).NextBytes(images.AsSpan<byte>());
        return model.Image.Encode(images);
    }
}
