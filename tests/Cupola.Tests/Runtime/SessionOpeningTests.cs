using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Sessions that open at the same moment, as those of both towers of a training do.</summary>
public sealed class SessionOpeningTests
{
    private const int Graphs = 32;

    /// <summary>What goes wrong by chance gets several chances.</summary>
    private const int Processes = 4;

    [Fact]
    public void ManyGraphsOpenAtOnceInAProcessThatHasOpenedNone()
    {
        if (!OwnProcess.IsThis)
        {
            for (int process = 0; process < Processes; process++)
            {
                OwnProcess.Run(typeof(SessionOpeningTests), nameof(ManyGraphsOpenAtOnceInAProcessThatHasOpenedNone));
            }

            return;
        }

        using Barrier barrier = new(Graphs);
        var failures = new Exception?[Graphs];
        Thread[] threads =
        [
            .. from index in Enumerable.Range(0, Graphs)
            select new Thread(() => failures[index] = Record.Exception(() => Open(index, barrier))),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }

    /// <summary>The gradient of a Swish by our operator, and for every fourth thread a graph of ONNX Runtime's own.</summary>
    private static void Open(int index, Barrier barrier)
    {
        GraphBuilder builder = new(index % 4 == 3 ? OperatorSet.Standard : OperatorSet.Trainable);
        Value rows = builder.Input("rows", ElementType.Float32, ["batch", 2]);
        Value seed = builder.Input("seed", ElementType.Float32, rows.Shape);
        builder.Output("gradient", Gradient.Compute(builder, builder.QuickGelu(rows), seed, [rows])[0]);
        using CompiledGraph graph = new Engine(new() { Threads = 1 }).Compile(builder.Build(), new Dictionary<string, Tensor>());
        using Tensor given = Tensor.Of<float>(ElementType.Float32, [0, 0], 1, 2);
        using Tensor one = Tensor.Of<float>(ElementType.Float32, [1, 2], 1, 2);
        using Tensor gradient = Tensor.Allocate(ElementType.Float32, 1, 2);
        barrier.SignalAndWait(TimeSpan.FromMinutes(1));

        graph.Run(SessionThreads.One, [given, one], [gradient]);

        Assert.Equal([0.5f, 1], gradient.AsSpan<float>().ToArray());
    }
}
