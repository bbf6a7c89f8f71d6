using System.Text;
using Cupola.Checkpoints;
using Cupola.Graphs;

namespace Cupola.Tests.Checkpoints;

/// <summary>Archives that PyTorch 1.13 made (Golden/torch/make.py), and pickles that want to do harm.</summary>
public sealed class TorchArchiveTests
{
    private static readonly float[] Base = [.. Enumerable.Range(0, 24).Select(number => (float)number)];

    [Theory]
    [InlineData("zip.pt")]
    [InlineData("legacy.pt")]
    [InlineData("training.pt")]
    public void ReadsWhatPyTorchSavedWhateverItsStrides(string name)
    {
        using TensorFile file = TensorFile.Open(Golden(name));

        Assert.IsType<TorchArchive>(file);
        Assert.Equal(9, file.Tensors.Count);
        Assert.Equal(Base, Numbers(file, "plain", 4, 6));
        Assert.Equal([0, 6, 12, 18, 1, 7], Numbers(file, "transposed", 6, 4)[..6]);
        Assert.Equal([8, 9, 10, 14, 15, 16], Numbers(file, "window", 2, 3));
        Assert.Equal(ElementType.Float16, file.Tensors["half"].Type);
        Assert.Equal(Base, Numbers(file, "half", 4, 6));
        Assert.Equal(ElementType.BFloat16, file.Tensors["bfloat"].Type);
        Assert.Equal(Base, Numbers(file, "bfloat", 4, 6));
        Assert.Equal([0L, 1, 2, 3, 4], file.Tensors["integers"].ToArray<long>());
        Assert.Equal([2.5f], Numbers(file, "number"));
        Assert.Equal([1f, 1, 1], Numbers(file, "parameter", 3));
        Assert.Equal([0, 4], file.Tensors["empty"].Shape);
    }

    [Fact]
    public void NamesTheTensorsOfATorchScriptArchiveByTheirModules()
    {
        using TorchArchive file = new(Golden("script.pt"));

        Assert.True(file.IsTorchScript);
        Assert.Equal(["inner.linear.bias", "inner.linear.weight", "scale"], file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([0f, 1, 2, 3, 4, 5], Numbers(file, "inner.linear.weight", 3, 2));
        Assert.Equal([10f, 11, 12], Numbers(file, "inner.linear.bias", 3));
    }

    [Theory]
    [InlineData("cposix\nsystem\n(S'true'\ntR.", "posix.system")]
    [InlineData("(cposix\nsystem\nS'true'\no.", "posix.system")]
    [InlineData("(S'true'\niposix\nsystem\n.", "posix.system")]
    [InlineData("cposix\nsystem\n)}\u0092.", "posix.system")]
    [InlineData("cbuiltins\neval\n)R.", "builtins.eval")]
    [InlineData("c__torch__.evil\nModule\n)R.", "__torch__.evil.Module")]
    [InlineData("ctorch.storage\n_load_from_bytes\n)R.", "torch.storage._load_from_bytes")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.", "torch._utils._rebuild_tensor_v2")]
    [InlineData("carray\narray\n)R(K\u0001e}b.", "array.array")]
    [InlineData("ccollections\nCounter\n)R(K\u0001K\u0002u.", "collections.Counter")]
    public void WhatPythonWouldMakeIsAPlaceholderWhateverIsDoneToIt(string pickle, string named) =>
        Assert.Equal(named, Assert.IsType<PickleObject>(Read("\u0080\u0002" + pickle)).Class);

    [Theory]
    [InlineData("\u00fe")]
    [InlineData("i")]
    [InlineData("(")]
    [InlineData("(.")]
    [InlineData("K\u0001)R.")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ffab.")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.")]
    [InlineData("\u0096\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080abc.")]
    public void WhatNoPythonWritesIsRefused(string pickle) =>
        Assert.Throws<InvalidDataException>(() => Read("\u0080\u0002" + pickle));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fabc.")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.")]
    [InlineData("\u008a\u00ff.")]
    [InlineData("h\u0005.")]
    [InlineData("t.")]
    [InlineData("}Na.")]
    [InlineData("}}Ns.")]
    public void RefusesADamagedPickle(string pickle) => Assert.Throws<InvalidDataException>(() => Read("\u0080\u0002" + pickle));

    [Fact]
    public void ContainersThatHoldThemselvesManyTimesTakeNoMemoryAndNoTime()
    {
        // Each list holds the one before it ten times: a billion entries by the ninth, if anyone counted them.
        StringBuilder pickle = new("\u0080\u0002]q\u0000");
        for (int level = 1; level < 30; level++)
        {
            pickle
                .Append("](")
                .Append(string.Concat(Enumerable.Repeat($"h{(char)(level - 1)}", 10)))
                .Append('e')
                .Append('q')
                .Append((char)level);
        }

        Assert.IsType<List<object?>>(Read(pickle.Append('.').ToString()));
    }

    [Fact]
    public void EveryCutOfAnArchiveIsRefusedWithASentence()
    {
        byte[] whole = File.ReadAllBytes(Golden("zip.pt"));
        string path = TestFolder.NewFile("cut.pt");
        for (int length = 2; length < whole.Length; length += 41)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(
                path,
                Assert.Throws<InvalidDataException>(() => TensorFile.Open(path)).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void EveryDamagedByteGivesTensorsOrASentence()
    {
        byte[] whole = File.ReadAllBytes(Golden("zip.pt"));
        string path = TestFolder.NewFile("damaged.pt");
        Random random = new(3);
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            try
            {
                using TensorFile file = TensorFile.Open(path);
                Assert.All(file.Tensors.Values, tensor => Assert.NotNull(tensor.ToArray<byte>()));
            }
            catch (InvalidDataException)
            {
                // A sentence is what a damaged file deserves.
            }
        }
    }

    [Fact]
    public void APickleWithoutEndOfOperationsIsRefused()
    {
        byte[] pickle = new byte[10_000_001];
        pickle.AsSpan().Fill((byte)']');

        Assert.Contains(
            "operations",
            Assert.Throws<InvalidDataException>(() => new RestrictedUnpickler(pickle, isTorchScript: false).Read()).Message,
            StringComparison.Ordinal
        );
    }

    private static object? Read(string latin1) =>
        new RestrictedUnpickler(Encoding.Latin1.GetBytes(latin1), isTorchScript: false).Read();

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "torch", name);

    private static float[] Numbers(TensorFile file, string name, params long[] shape)
    {
        Assert.Equal(shape, file.Tensors[name].Shape);
        var numbers = new float[file.Tensors[name].ElementCount];
        file.Tensors[name].CopyTo(numbers);
        return numbers;
    }
}
