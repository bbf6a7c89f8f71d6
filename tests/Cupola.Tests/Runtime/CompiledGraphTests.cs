using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

public sealed class CompiledGraphTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4096)]
    public void LendsParametersWithoutACopySoThatAChangeInPlaceIsSeenByTheNextRun(int width)
    {
        GraphBuilder builder = new();
        Value rows = builder.Input("rows", ElementType.Float32, ["batch", width]);
        builder.Output("sums", builder.Add(rows, builder.Parameter("bias", width)));
        using Tensor bias = Tensor.Allocate(ElementType.Float32, width);
        bias.AsSpan<float>().Fill(10);
        using CompiledGraph graph = new Engine(new()).Compile(
            builder.Build(),
            new Dictionary<string, Tensor> { ["bias"] = bias }
        );
        using Tensor input = Tensor.Allocate(ElementType.Float32, 1, width);
        input.AsSpan<float>().Fill(1);
        using Tensor output = Tensor.Allocate(ElementType.Float32, 1, width);

        graph.Run(SessionThreads.One, [input], [output]);
        Assert.Equal(11, output.AsSpan<float>()[0]);

        bias.AsSpan<float>()[0] = 100;
        graph.Run(SessionThreads.One, [input], [output]);
        Assert.Equal(101, output.AsSpan<float>()[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultipliesByALentWeightAtBothWidths(bool isForOneAnswer)
    {
        GraphBuilder builder = new();
        Value rows = builder.Input("rows", ElementType.Float32, ["batch", 2]);
        builder.Output("out", builder.Linear(rows, builder.Parameter("weight", 3, 2), builder.Parameter("bias", 3)));
        using Tensor weight = Tensor.Of<float>(ElementType.Float32, [1, 2, 3, 4, 5, 6], 3, 2);
        using Tensor bias = Tensor.Of<float>(ElementType.Float32, [0.5f, 0, 0], 3);
        using CompiledGraph graph = new Engine(new() { Threads = 2, IsForOneAnswer = isForOneAnswer }).Compile(
            builder.Build(),
            new Dictionary<string, Tensor> { ["weight"] = weight, ["bias"] = bias }
        );
        using Tensor input = Tensor.Of<float>(ElementType.Float32, [1, 10], 1, 2);
        using Tensor output = Tensor.Allocate(ElementType.Float32, 1, 3);

        foreach (SessionThreads width in (SessionThreads[])[SessionThreads.All, SessionThreads.One, SessionThreads.All])
        {
            output.AsSpan<float>().Clear();
            graph.Run(width, [input], [output]);
            Assert.Equal([21.5f, 43, 65], output.AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void NamesTheParameterThatWasNotLent()
    {
        GraphBuilder builder = new();
        builder.Output("out", builder.Relu(builder.Parameter("weight", 3)));

        string message = Assert
            .Throws<InvalidOperationException>(() => new Engine(new()).Compile(builder.Build(), new Dictionary<string, Tensor>()))
            .Message;

        Assert.Contains("'weight' [3]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysThatThereIsNotEnoughMemoryWhereNoMachineHasIt()
    {
        GraphBuilder builder = new();
        Value left = builder.Input("left", ElementType.Float32, ["rows", 1]),
            right = builder.Input("right", ElementType.Float32, [1, "columns"]);
        builder.Output("sum", builder.Sum(builder.Tanh(builder.MatMul(left, right)), 0, 1));
        using CompiledGraph graph = new Engine(new()).Compile(builder.Build(), new Dictionary<string, Tensor>());
        // A product of 64 terabytes.
        using Tensor column = Tensor.Allocate(ElementType.Float32, 1 << 22, 1),
            row = Tensor.Borrow(ElementType.Float32, column.Address, 1, 1 << 22);
        using Tensor sum = Tensor.Allocate(ElementType.Float32);

        Assert.Throws<InsufficientMemoryException>(() => graph.Run(SessionThreads.One, [column, row], [sum]));
    }

    [Fact]
    public void WhatTheEngineRefusesIsOneSentence()
    {
        GraphBuilder builder = new();
        Value rows = builder.Input("rows", ElementType.Float32, ["batch", 2]),
            indices = builder.Input("indices", ElementType.Int32, ["count"]);
        builder.Output("gathered", builder.Gather(rows, indices));
        using CompiledGraph graph = new Engine(new()).Compile(builder.Build(), new Dictionary<string, Tensor>());
        using Tensor given = Tensor.Of<float>(ElementType.Float32, [1, 2], 1, 2),
            beyond = Tensor.Of<int>(ElementType.Int32, [7], 1);
        using Tensor gathered = Tensor.Allocate(ElementType.Float32, 1, 2);

        string message = Assert.Throws<EngineException>(() => graph.Run(SessionThreads.All, [given, beyond], [gathered])).Message;

        Assert.StartsWith("ONNX Runtime could not work out a model's numbers: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void SaysWhichPackageBringsADeviceThatIsMissing()
    {
        Assert.Contains(
            "Microsoft.ML.OnnxRuntime.Gpu",
            Assert.Throws<ArgumentException>(() => new Engine(new() { Device = "cuda" })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'abacus'",
            Assert.Throws<ArgumentException>(() => new Engine(new() { Device = "abacus" })).Message,
            StringComparison.Ordinal
        );
    }
}
