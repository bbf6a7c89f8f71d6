using System.Runtime.InteropServices;
using System.Text;
using Cupola.Checkpoints;
using Cupola.Graphs;

namespace Cupola.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void GivesBackWhatWasWrittenWhereItCanBeLent()
    {
        string path = NewPath();
        float[] numbers = [1, 2, 3, 4, 5, 6];
        SafetensorsFile.Write(
            path,
            [
                ("matrix", [2, 3], stream => stream.Write(MemoryMarshal.AsBytes<float>(numbers))),
                ("number", [], stream => stream.Write(MemoryMarshal.AsBytes<float>([7f]))),
            ],
            new Dictionary<string, string> { ["format"] = "pt" }
        );

        using SafetensorsFile file = new(path);

        Assert.Equal([2, 3], file.Tensors["matrix"].Shape);
        Assert.Equal(numbers, file.Tensors["matrix"].ToArray<float>());
        Assert.Empty(file.Tensors["number"].Shape);
        Assert.True(file.Tensors["matrix"].IsAligned);
    }

    [Theory]
    [InlineData("F16", new byte[] { 0, 0x3c, 0, 0xc0 })]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0, 0xc0 })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 })]
    public void WidensEveryRealTypeExactly(string type, byte[] bytes)
    {
        using SafetensorsFile file = new(
            Written($$$"""{"x":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes)
        );
        float[] numbers = new float[2];

        file.Tensors["x"].CopyTo(numbers);

        Assert.Equal([1, -2], numbers);
    }

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        "overlaps"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        "gap"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "belong to none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}""", "outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "bytes and has 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}""", "outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,12]}}""", "not valid for safetensors")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[12],"data_offsets":[0,12]}}""", "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"F32","shape":"3","data_offsets":[0,12]}}""", "not valid for safetensors")]
    [InlineData("""{"a":7}""", "not valid for safetensors")]
    [InlineData("""[1,2]""", "not valid for safetensors")]
    [InlineData("""{"a":""", "not valid for safetensors")]
    public void RefusesAHeaderThatLies(string header, string sentence)
    {
        string path = Written(header, new byte[12]);

        string message = Assert.Throws<InvalidDataException>(() => new SafetensorsFile(path)).Message;

        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 60)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(1000L)]
    public void RefusesAHeaderThatIsLongerThanTheFile(long length)
    {
        string path = NewPath();
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. "{}"u8]);

        Assert.Throws<InvalidDataException>(() => new SafetensorsFile(path));
    }

    [Fact]
    public void ATensorOfADisposedFileCannotBeRead()
    {
        SafetensorsFile file = new(Written("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]));
        StoredTensor tensor = file.Tensors["x"];
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.ToArray<float>());
    }

    [Fact]
    public void AnIndexGathersTensorsFromSeveralFiles()
    {
        string folder = TestFolder.New();
        foreach ((string name, float number) in new[] { ("one", 1f), ("two", 2f) })
        {
            SafetensorsFile.Write(
                Path.Combine(folder, $"{name}.safetensors"),
                [(name, [1], stream => stream.Write(BitConverter.GetBytes(number)))]
            );
        }

        string index = Path.Combine(folder, "model.safetensors.index.json");
        File.WriteAllText(index, """{"weight_map":{"one":"one.safetensors","two":"two.safetensors"}}""");
        using (TensorFile file = TensorFile.Open(index))
        {
            Assert.Equal([2f], file.Tensors["two"].ToArray<float>());
            Assert.Equal(ElementType.Float32, file.Tensors["one"].Type);
        }

        File.WriteAllText(index, """{"weight_map":{"one":"../one.safetensors"}}""");
        Assert.Contains(
            "in the same folder",
            Assert.Throws<InvalidDataException>(() => TensorFile.Open(index)).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(index, """{"weight_map":{"three":"one.safetensors"}}""");
        Assert.Contains(
            "three",
            Assert.Throws<InvalidDataException>(() => TensorFile.Open(index)).Message,
            StringComparison.Ordinal
        );
    }

    private static string Written(string header, byte[] bytes)
    {
        string path = NewPath();
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. bytes]);
        return path;
    }

    private static string NewPath() => TestFolder.NewFile("x.safetensors");
}
