using Cupola.Images;
using Cupola.Retrieval;

namespace Cupola.Tests.Retrieval;

/// <summary>Embeddings from files in place of embedding again, and whose they must be.</summary>
public sealed class EmbeddedFilesTests : IDisposable
{
    private static readonly Lazy<ClipEmbedder> Model = new(static () =>
        ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 })
    );

    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly ImageIndex _index = ImageIndex.Open(TestFolder.New(), Model.Value);

    public EmbeddedFilesTests()
    {
        Directory.CreateDirectory(_photos);
        Paint("red.png", 200);
        Paint("blue.png", 30);
    }

    public void Dispose() => _index.Dispose();

    [Theory]
    [InlineData("e.npy")]
    [InlineData("e.safetensors")]
    [InlineData("e.jsonl")]
    public void WhatEmbedWroteIsTakenForFilesThatWereNotWrittenSince(string name)
    {
        string folder = Embed(name, "--orient");
        Paint("green.png", 90);
        Paint("blue.png", 31);
        File.SetLastWriteTimeUtc(At("blue.png"), DateTime.UtcNow.AddMinutes(1));

        IndexUpdate update = Update(EmbeddedFiles.Read(folder, _index));

        Assert.Equal((3, 2), (update.Seen, update.Embedded));
        float[] taken = _index.Store.Vector(_index.Search(SearchQuery.Parse(At("red.png")), 1)[0].Number)!;
        float[] own = Model.Value.EmbedImages([At("red.png")]).Single().Vector!;
        Assert.All(own.Zip(taken), static pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    /// <summary>
    /// An older file that was moved into place, a link whose target changed, and an output that was copied later: the content
    /// decides, and so it does for a file that was renamed.
    /// </summary>
    [Theory]
    [InlineData("e.npy")]
    [InlineData("e.safetensors")]
    [InlineData("e.jsonl")]
    public void WhatTimesDoNotTellContentsDo(string name)
    {
        string target = Path.Combine(TestFolder.New(), "target.png");
        Paint(target, 60);
        File.CreateSymbolicLink(At("link.png"), target);
        string folder = Embed(name, "--orient");
        Paint("blue.png", 31);
        Paint(target, 61);
        File.Move(At("red.png"), At("renamed.png"));
        foreach (string file in (string[])[At("blue.png"), target])
        {
            File.SetLastWriteTimeUtc(file, new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        foreach (string file in Directory.GetFiles(folder))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(1));
        }

        EmbeddedFiles known = EmbeddedFiles.Read(folder, _index);
        IndexUpdate update = Update(known);

        Assert.Equal((3, 2, 1), (update.Seen, update.Embedded, known.Taken));
        Assert.All(["blue.png", "link.png", "renamed.png"], image =>
        {
            float[] taken = _index.Store.Vector(_index.Store.FilesBelow(_photos)[At(image)].Number)!;
            float[] own = Model.Value.EmbedImages([At(image)]).Single().Vector!;
            Assert.All(own.Zip(taken), static pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        });
    }

    [Fact]
    public void AnOutputThatSaysNothingOfContentsIsHeldAgainstTheTimesOfWhatLinksLeadTo()
    {
        string target = Path.Combine(TestFolder.New(), "target.png");
        Paint(target, 60);
        File.CreateSymbolicLink(At("link.png"), target);
        string folder = Embed("e.npy", "--orient");
        File.Delete(Path.Combine(folder, "e.hashes"));
        Paint(target, 61);
        File.SetLastWriteTimeUtc(target, DateTime.UtcNow.AddMinutes(1));

        IndexUpdate update = Update(EmbeddedFiles.Read(folder, _index));

        Assert.Equal((3, 1), (update.Seen, update.Embedded));
    }

    /// <summary>seekstone#319, CodeNib#459: hashes that were left behind by other embeddings of the same names.</summary>
    [Theory]
    [InlineData("e.npy")]
    [InlineData("e.safetensors")]
    public void HashesOfOtherEmbeddingsAreNotTaken(string name)
    {
        string before = Embed(name, "--orient");
        byte[] red = File.ReadAllBytes(At("red.png"));
        Paint("red.png", 201);
        string folder = Embed(name, "--orient");
        File.Copy(Path.Combine(before, "e.hashes"), Path.Combine(folder, "e.hashes"), overwrite: true);

        EmbeddedFiles known = EmbeddedFiles.Read(folder, _index);

        Assert.Equal((0, 2), (Update(known).Embedded, known.Taken));
        File.WriteAllBytes(At("red.png"), red);
        Assert.Equal(1, Update(EmbeddedFiles.Read(folder, _index)).Embedded);
    }

    [Fact]
    public void EmbeddingsOfAnotherKindAreASentence()
    {
        string stored = Embed("e.npy");
        Says("are stored; index with --no-orient", stored);
        File.Delete(Path.Combine(stored, "e.json"));
        Says("does not say which model", stored);

        string other = Embed("e.jsonl", "--orient", "--model", SharedFolder.Need("models", "photo-tiny"));
        Says("was made by another model", other);
        Says("There are no embeddings", TestFolder.New());
    }

    [Theory]
    [InlineData(0, "not a NumPy file")]
    [InlineData(9, "not a NumPy file")]
    [InlineData(60, "does not hold float32 numbers")]
    [InlineData(200, "is cut off")]
    public void AFileThatIsCutOffIsASentence(int length, string sentence)
    {
        string folder = Embed("e.npy", "--orient"),
            file = Path.Combine(folder, "e.npy");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);
        Says(sentence, folder);
    }

    [Theory]
    [InlineData("no JSON", "it is not JSON")]
    [InlineData("[]", "does not say which model")]
    [InlineData("""{"image":7,"embedding":[1e999,"x"]}""", "does not say which model")]
    [InlineData("""{"image":"a.png","embedding":[1e999,"x"],"model":"MODEL","oriented":true}""", "embeddings of 2 numbers")]
    [InlineData("""{"image":"a.png","model":"MODEL","oriented":true}""", "no embeddings of images")]
    [InlineData("""{"text":"a","embedding":[1],"model":"MODEL"}""", "embeddings of texts")]
    public void LinesThatAreNoEmbeddingsAreASentence(string line, string sentence)
    {
        string folder = TestFolder.New();
        File.WriteAllText(
            Path.Combine(folder, "e.jsonl"),
            line.Replace("MODEL", Model.Value.Fingerprint, StringComparison.Ordinal)
        );
        Says(sentence, folder);
    }

    private void Says(string sentence, string folder) =>
        Assert.Contains(sentence, Assert.ThrowsAny<IOException>(() => Throw(folder)).Message, StringComparison.Ordinal);

    /// <summary>Both kinds of exceptions that the command line gives as a sentence.</summary>
    private void Throw(string folder)
    {
        try
        {
            EmbeddedFiles.Read(folder, _index);
        }
        catch (InvalidDataException problem)
        {
            throw new IOException(problem.Message, problem);
        }
    }

    private IndexUpdate Update(EmbeddedFiles known) => _index.Update(_photos, cache: null, known, progress: null, default);

    private string Embed(string name, params string[] more)
    {
        string folder = TestFolder.New(),
            file = Path.Combine(folder, name);
        bool areLines = name.EndsWith(".jsonl", StringComparison.Ordinal);
        Cli.Tool.Run run = Cli.Tool.Start([
            "embed",
            "images",
            _photos,
            .. more,
            .. areLines ? (string[])["--format", "json"] : ["-o", file],
        ]);
        Assert.Equal(0, run.ExitCode);
        if (areLines)
        {
            File.WriteAllText(file, run.Output);
        }

        return folder;
    }

    private string At(string name) => Path.Combine(_photos, name);

    private void Paint(string name, byte red)
    {
        byte[][] pixels = [.. Enumerable.Repeat(new byte[] { red, 40, 90 }, 16 * 16)];
        PngFile.Write(At(name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
    }
}
