using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Cupola.Checkpoints;

namespace Cupola.Tests.Cli;

/// <summary>Everything that can be wrong gives one sentence and its exit code, and the rest is done.</summary>
public sealed class BadInputTests
{
    private static readonly string Folder = TestFolder.New();

    private static string Model => SharedFolder.AnyModel;

    private static string Photo => SharedFolder.AnyImage;

    public static TheoryData<string, string> BadImages =>
        new()
        {
            { "missing", "There is no file" },
            { "empty", "is empty" },
            { "text", "no known image format" },
            { "truncated", "not an image that can be read" },
            { "bomb", "60000 × 60000 pixels" },
            { "lying-bitmap", "cut off" },
        };

    [Theory]
    [MemberData(nameof(BadImages))]
    public void ABadImageIsASentenceAndExitCodeOneAndTheOthersGoOn(string kind, string sentence)
    {
        string bad = BadImage(kind);

        Tool.Run run = Tool.Start("classify", bad, Photo, "--labels", "a rocket,a cat", "--model", Model, "--format", "json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(2, run.Lines.Length);
        Assert.Contains(
            sentence,
            JsonDocument.Parse(run.Lines[0]).RootElement.GetProperty("error").GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains(bad, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(run.Lines[1]).RootElement.GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public void AFolderInWhichEveryThirdImageIsBrokenGivesTheOtherTwoThirds()
    {
        string folder = TestFolder.New(),
            photo = Photo;
        for (int index = 0; index < 30; index++)
        {
            string image = Path.Combine(folder, $"{index:00}.jpg");
            if (index % 3 == 0)
            {
                File.WriteAllBytes(image, File.ReadAllBytes(photo)[..(200 + index)]);
            }
            else
            {
                File.Copy(photo, image);
            }
        }

        Tool.Run run = Tool.Start("classify", folder, "--labels", "a rocket,a cat", "--model", Model, "--format", "json");

        Assert.Equal(1, run.ExitCode);
        JsonElement[] lines = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(30, lines.Length);
        Assert.All(lines.Index(), line => Assert.Equal(line.Index % 3 == 0, line.Item.TryGetProperty("error", out _)));
        Assert.Equal(
            lines.Select(line => line.GetProperty("image").GetString()).Order(StringComparer.Ordinal),
            lines.Select(line => line.GetProperty("image").GetString())
        );
    }

    public static TheoryData<string, string> BadModels =>
        new()
        {
            { "overlapping", "overlaps" },
            { "huge-header", "1152921504606846976" },
            { "missing-tensor", "1 missing (text_model.final_layer_norm.bias)" },
            { "pickle", "posix.system" },
            { "no-configuration", "config.json" },
            { "no-weights", "no weights" },
            { "absent", "There is no model" },
        };

    [Theory]
    [MemberData(nameof(BadModels))]
    public void ABadModelIsASentenceAndExitCodeThree(string kind, string sentence)
    {
        Tool.Run run = Tool.Start("classify", Photo, "--labels", "a rocket,a cat", "--model", BadModel(kind), "--format", "json");

        Assert.Equal(3, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("There are no labels")]
    [InlineData("There are no labels", "--labels", " , ")]
    [InlineData("'cat'", "--labels", "cat,dog,cat")]
    [InlineData("exactly once", "--labels", "a,b", "--template", "no hole")]
    [InlineData("no ensemble", "--labels", "a,b", "--ensemble", "vote")]
    [InlineData("--labels-file", "--labels", "a,b", "--labels-file", "x")]
    [InlineData("no option --nonsense", "--labels", "a,b", "--nonsense")]
    public void AWrongCommandLineIsASentenceAndExitCodeTwo(string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["classify", "x.jpg", "--model", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelOfTwoHundredWordsIsCutAndSaidSo()
    {
        string label = string.Join(' ', Enumerable.Repeat("very", 200));

        Tool.Run run = Tool.Start("classify", Photo, "--labels", $"{label},a cat", "--model", Model, "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tokens that the model reads", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Lines);
    }

    [Fact]
    public void LabelsWithoutPromptsAreAllListed()
    {
        string prompts = Path.Combine(Folder, "prompts.json");
        File.WriteAllText(prompts, """{"cat":["A cat."],"bird":["A bird."]}""");

        Tool.Run run = Tool.Start("classify", Photo, "--labels", "cat,dog,cow", "--prompts", prompts, "--model", Model);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("dog", run.Error, StringComparison.Ordinal);
        Assert.Contains("cow", run.Error, StringComparison.Ordinal);
    }

    private static string BadImage(string kind)
    {
        string path = Path.Combine(Folder, $"{kind}.{(kind == "bomb" ? "png" : kind == "lying-bitmap" ? "bmp" : "jpg")}");
        switch (kind)
        {
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "text":
                File.WriteAllText(path, "This is no image, whatever its name says.");
                break;
            case "truncated":
                byte[] photo = File.ReadAllBytes(Photo);
                File.WriteAllBytes(path, photo[..(photo.Length / 2)]);
                break;
            case "bomb":
                File.WriteAllBytes(path, Bomb());
                break;
            case "lying-bitmap":
                byte[] bitmap = new byte[200];
                "BM"u8.CopyTo(bitmap);
                bitmap[10] = 54;
                bitmap[14] = 40;
                bitmap[18] = bitmap[22] = 100;
                bitmap[28] = 24;
                File.WriteAllBytes(path, bitmap);
                break;
        }

        return path;
    }

    /// <summary>A PNG of a few hundred bytes that claims 60,000 × 60,000 pixels.</summary>
    private static byte[] Bomb()
    {
        using MemoryStream png = new();
        png.Write([0x89, .. "PNG\r\n\u001a\n"u8]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, 60_000);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 60_000);
        header[8] = 8;
        header[9] = 2;
        Chunk(png, "IHDR", header);
        using MemoryStream pixels = new();
        using (ZLibStream compressed = new(pixels, CompressionLevel.Optimal, leaveOpen: true))
        {
            compressed.Write(new byte[100_000]);
        }

        Chunk(png, "IDAT", pixels.ToArray());
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    private static void Chunk(Stream png, string type, byte[] bytes)
    {
        Span<byte> number = stackalloc byte[4];
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. bytes];
        BinaryPrimitives.WriteInt32BigEndian(number, bytes.Length);
        png.Write(number);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        png.Write(number);
    }

    private static string BadModel(string kind)
    {
        string folder = Path.Combine(Folder, kind);
        if (kind == "absent")
        {
            return folder;
        }

        Directory.CreateDirectory(folder);
        foreach (
            string file in new[] { "config.json", "vocab.json", "merges.txt" }.Where(file =>
                kind != "no-configuration" || file != "config.json"
            )
        )
        {
            File.Copy(Path.Combine(Model, file), Path.Combine(folder, file), overwrite: true);
        }

        string weights = Path.Combine(folder, "model.safetensors");
        switch (kind)
        {
            case "overlapping":
                const string overlapping =
                    """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":"""
                    + """[4,12]}}""";
                File.WriteAllBytes(
                    weights,
                    [.. BitConverter.GetBytes((long)overlapping.Length), .. Encoding.ASCII.GetBytes(overlapping), .. new byte[12]]
                );
                break;
            case "huge-header":
                File.WriteAllBytes(weights, [.. BitConverter.GetBytes(1L << 60), .. "{}"u8]);
                break;
            case "missing-tensor":
                CopyWithout("text_model.final_layer_norm.bias", weights);
                break;
            case "pickle":
                File.WriteAllBytes(
                    Path.Combine(folder, "pytorch_model.bin"),
                    [0x80, 2, .. "cposix\nsystem\nX\u0005\0\0\0false\u0085R."u8.ToArray()]
                );
                break;
            case "no-configuration":
                File.Copy(Path.Combine(Model, "model.safetensors"), weights, overwrite: true);
                break;
        }

        return folder;
    }

    private static void CopyWithout(string name, string path)
    {
        using SafetensorsFile model = new(Path.Combine(Model, "model.safetensors"));
        SafetensorsFile.Write(
            path,
            [
                .. model
                    .Tensors.Values.Where(tensor => tensor.Name != name)
                    .Select(tensor =>
                        (
                            tensor.Name,
                            tensor.Shape,
                            (Action<Stream>)(
                                stream =>
                                {
                                    var numbers = new float[tensor.ElementCount];
                                    tensor.CopyTo(numbers);
                                    stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(numbers));
                                }
                            )
                        )
                    ),
            ]
        );
    }
}
