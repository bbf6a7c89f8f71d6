using System.Text;
using Cupola.Checkpoints;

namespace Cupola.Tests.Checkpoints;

/// <summary>
/// What training code keeps beside a model (NumPy's numbers, arguments, sets, tuples as keys, code that would run) does not keep
/// anyone from the model, and stands in its way only where it is the model. Files of PyTorch 1.13 (Golden/torch/make_foreign.py).
/// </summary>
public sealed class ForeignPickleTests
{
    private const string Storage = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0001tQ";
    private const string Tensor = "ctorch._utils\n_rebuild_tensor_v2\n(" + Storage + "K\0(K\u0001t(K\u0001t\u0089)tR";

    [Theory]
    [InlineData("zip", 0)]
    [InlineData("zip", 1)]
    [InlineData("zip", 2)]
    [InlineData("zip", 3)]
    [InlineData("zip", 4)]
    [InlineData("zip", 5)]
    [InlineData("legacy", 0)]
    [InlineData("legacy", 1)]
    [InlineData("legacy", 2)]
    [InlineData("legacy", 3)]
    [InlineData("legacy", 4)]
    [InlineData("legacy", 5)]
    public void EveryProtocolIsReadWithZipAndWithout(string kind, int protocol)
    {
        using Checkpoint checkpoint = Checkpoint.Open(
            Path.Combine(AppContext.BaseDirectory, "Golden", "torch", $"foreign-{kind}-{protocol}.pt")
        );

        Assert.Equal(
            ["image.patch_embedding", "logit_scale", "text.token_embedding"],
            checkpoint.Parameters.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            Enumerable.Range(0, 12).Select(static number => (float)number),
            checkpoint.Parameters["image.patch_embedding"].ToArray<float>()
        );
        Assert.Equal([Half.One, Half.One], checkpoint.Parameters["text.token_embedding"].ToArray<Half>());
        Assert.Empty(checkpoint.Parameters["logit_scale"].Shape);
        Assert.Equal([2.5f], checkpoint.Parameters["logit_scale"].ToArray<float>());
        Assert.Empty(checkpoint.Notes);
    }

    [Fact]
    public void ACommandBesideTheModelIsToldAndNotRun()
    {
        string trap = TestFolder.NewFile("trap");
        PickledModel model = Model(
            $"}}(X\u0013\0\0\0visual.conv1.weight{Tensor}X\u0016\0\0\0token_embedding.weight{Tensor}"
                + $"X\u0001\0\0\0xcposix\nsystem\n(V touch {trap}\ntRu."
        );

        Assert.Equal(2, model.Tensors.Count);
        Assert.Equal("file.pt names posix.system beside the model; nothing of it was run.", Assert.Single(model.Notes));
        Assert.False(File.Exists(trap));
    }

    [Theory]
    [InlineData("cbuiltins\neval\n)R", "builtins.eval")]
    [InlineData("ctorch._utils\n_rebuild_qtensor\n)R", "torch._utils._rebuild_qtensor")]
    [InlineData("cnumpy.core.multiarray\n_reconstruct\n)R", "numpy.core.multiarray._reconstruct")]
    [InlineData("(ctorch._utils\n_rebuild_qtensor\n)Ri__main__\nX\n", "__main__.X")]
    public void AnObjectInPlaceOfAParameterIsRefusedByItsName(string value, string named)
    {
        string message = Assert
            .Throws<InvalidDataException>(() =>
                Model($"}}(X\u0013\0\0\0visual.conv1.weight{value}X\u0016\0\0\0token_embedding.weight{Tensor}u.")
            )
            .Message;

        Assert.Contains($"'visual.conv1.weight' is a {named} instead of a tensor", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cclip.model\nCLIP\n)\u0081}b.", "clip.model.CLIP")]
    [InlineData("}X\u0005\0\0\0modelcclip.model\nCLIP\n)\u0081}bs.", "clip.model.CLIP")]
    [InlineData("cmy.lib\nState\n)R(X\u0013\0\0\0visual.conv1.weight" + Tensor + "u.", "my.lib.State")]
    public void AWholeObjectInPlaceOfItsParametersSaysWhatToSaveInstead(string pickle, string named)
    {
        string message = Assert.Throws<InvalidDataException>(() => Model(pickle)).Message;

        Assert.Contains($"an object of the class {named}", message, StringComparison.Ordinal);
        Assert.Contains("state_dict", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ctorch._utils\n_rebuild_parameter\n(", "\u0088)tR")]
    [InlineData("ctorch._utils\n_rebuild_parameter_with_state\n(", "\u0088)}tR")]
    [InlineData("ctorch.nn.parameter\nBuffer\n(", "tR")]
    public void WhatWrapsATensorIsTakenOff(string before, string behind) =>
        Assert.IsType<PickleTensor>(Read($"{before}{Tensor}{behind}."));

    [Fact]
    public void ASubclassAndAnUntypedStorageAreTheTensorsTheyHold()
    {
        const string subclass =
            "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\n"
            + "c__main__\nSub\n("
            + Storage
            + "K\0(K\u0001t(K\u0001t\u0089)t}tR.";
        string untyped =
            "ctorch._utils\n_rebuild_tensor_v3\n("
            + Storage.Replace("ctorch\nFloatStorage\n", "ctorch.storage\nUntypedStorage\n", StringComparison.Ordinal)
            + "K\0(K\u0001t(K\u0001t\u0089)ctorch\nbfloat16\ntR.";

        Assert.Equal(Cupola.Graphs.ElementType.Float32, Assert.IsType<PickleTensor>(Read(subclass)).Type);
        Assert.Equal(Cupola.Graphs.ElementType.BFloat16, Assert.IsType<PickleTensor>(Read(untyped)).Type);
    }

    [Fact]
    public void FunctionsThatCallFunctionsWithoutEndAreNotFollowed()
    {
        StringBuilder pickle = new("ctorch._tensor\n_rebuild_from_type_v2\nq\0)");
        for (int level = 0; level < 100_000; level++)
        {
            pickle.Append("q\u00010(h\0h\0h\u0001t");
        }

        Assert.IsType<PickleObject>(Read(pickle.Append("q\u00010h\0h\u0001R.").ToString()));
    }

    private static PickledModel Model(string latin1)
    {
        RestrictedUnpickler unpickler = new(Encoding.Latin1.GetBytes("\u0080\u0002" + latin1), isTorchScript: false);
        return PickledModel.Create(unpickler.Read(), unpickler.Objects, "file.pt", isShard: false);
    }

    private static object? Read(string latin1) =>
        new RestrictedUnpickler(Encoding.Latin1.GetBytes("\u0080\u0002" + latin1), isTorchScript: false).Read();
}
