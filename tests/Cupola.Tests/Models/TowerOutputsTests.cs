using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>What towers give besides embeddings, and that a run pays for no more than it asks for.</summary>
public sealed class TowerOutputsTests
{
    private static readonly TowerRequest Everything = new() { EveryToken = true, AttentionLayers = [0, 1] };

    [Theory]
    [InlineData("own vit")]
    [InlineData("own resnet")]
    public void WhateverIsAskedForTheImageEmbeddingIsTheSame(string name)
    {
        using ParityModel parity = ParityModel.Open(name, "open_clip");
        using Tensor pixels = parity.PixelValues(0, 1);
        float[] expected = [.. parity.Expected("image_embeds").Take(2 * parity.Model.Config.EmbeddingDimension)];

        Dictionary<string, float[]> found = RunImages(parity.Model, pixels, Everything);

        ForwardParityTests.AssertClose(expected, found["embedding"], expected);
        int layers = parity.Model.Config.Image is VisionTransformerConfig { Transformer.Layers: int blocks } ? blocks : 1;
        Assert.Equal(Math.Min(layers, Everything.AttentionLayers.Count), found.Keys.Count(IsAttention));
        Assert.All(found.Where(static output => IsAttention(output.Key)), static output => SumsToOne(output.Value, output.Key));
        if (parity.Model.Config.Image is VisionTransformerConfig vision)
        {
            // The pooled state is that of the class token.
            int width = vision.Transformer.Width;
            Assert.Equal(found["pooled"][..width], found["tokens"][..width]);
            Assert.Equal(2 * vision.Tokens * width, found["tokens"].Length);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PaddedTextsHaveTheReferencesEmbeddingsAndSeeNothingBehindThem(bool everyToken)
    {
        using ParityModel parity = ParityModel.Open("own vit", "open_clip");
        int[][] ids = parity.InputIds();
        float[] embeddings = parity.Expected("text_embeds"),
            pooled = parity.Expected("text_pooled");

        int last = parity.Model.Config.Text.Transformer.Layers - 1,
            heads = parity.Model.Config.Text.Transformer.Heads,
            length = ids[0].Length;
        TowerRequest request = new() { EveryToken = everyToken, AttentionLayers = [last] };

        Dictionary<string, float[]> found = RunTexts(parity.Model, ids, request);

        ForwardParityTests.AssertClose(embeddings, found["embedding"], embeddings);
        ForwardParityTests.AssertClose(pooled, found["pooled"], pooled);
        float[][] rows = [.. found[$"attention.{last}"].Chunk(length)];
        Assert.Equal(ids.Length * heads * (everyToken ? length : 1), rows.Length);
        Assert.All(rows.Index(), row =>
        {
            // Without every token, the end token's row alone.
            int place = everyToken ? row.Index % length : Array.IndexOf(ids[row.Index / heads], ids[row.Index / heads].Max());
            Assert.Equal(1, row.Item.Sum(), 1e-5f);
            Assert.All(row.Item.Skip(place + 1), static weight => Assert.Equal(0, weight));
        });
    }

    [Fact]
    public void ForTheEmbeddingAloneTheLastBlockRunsForThePooledRowAlone()
    {
        TransformerConfig transformer = new(16, 2, 3, 40, Activation.QuickGelu);
        ClipNetwork network = new(new(new(12, 8, transformer), new VisionTransformerConfig(16, 8, transformer), 8, []));
        Graph Describe(TowerRequest request, Func<TowerOutputs, Value> output)
        {
            GraphBuilder graph = new(OperatorSet.Fused);
            Value images = network.Image.Input(graph, "images", ImageForm.PixelValues);
            graph.Output("output", output(network.Image.Describe(graph, images, new(16), request)));
            return graph.Build();
        }

        Graph alone = Describe(TowerRequest.Embedding, static outputs => outputs.Embedding);
        Assert.Equal(1, Wide(alone, [ImageTower.Batch, 40]));
        Assert.Equal(2, Wide(alone, [(Dimension)ImageTower.Batch * 5, 40]));
        Assert.Equal((3, 0), (Count(alone, "MultiHeadAttention"), Count(alone, "Softmax")));

        Graph tokens = Describe(new() { EveryToken = true }, static outputs => outputs.Tokens!);
        Assert.Equal(3, Wide(tokens, [(Dimension)ImageTower.Batch * 5, 40]));

        // The chosen layer alone is composed, and what comes behind it is not worked out.
        Graph attention = Describe(new() { AttentionLayers = [1] }, static outputs => outputs.Attention[1]);
        Assert.Equal((1, 1), (Count(attention, "MultiHeadAttention"), Count(attention, "Softmax")));
    }

    private static int Count(Graph graph, string name) => graph.Nodes.Count(node => node.Operator == name);

    /// <summary>The MLPs' first layers over so many rows.</summary>
    private static int Wide(Graph graph, TensorShape shape) =>
        graph.Nodes.Count(node => node.Operator == "Gemm" && node.Output.Shape.Equals(shape));

    private static bool IsAttention(string output) => output.StartsWith("attention.", StringComparison.Ordinal);

    private static void SumsToOne(float[] weights, string name)
    {
        // Of each row of weights only the sum is known, and how many rows there are: the sum over all is their number.
        Assert.All(weights, static weight => Assert.InRange(weight, 0, 1));
        double sum = TensorPrimitives.Sum<float>(weights);
        Assert.True(Math.Abs(sum - Math.Round(sum)) < 1e-2 && sum > 0.5, $"{name} sums to {sum}.");
    }

    private static Dictionary<string, float[]> RunImages(ClipModel model, Tensor pixels, TowerRequest request)
    {
        GraphBuilder graph = new(OperatorSet.Fused);
        Value images = model.Network.Image.Input(graph, "images", ImageForm.PixelValues);
        model.Network.Image.AddFolded(model.Parameters, model.Preprocessing);
        TowerOutputs outputs = model.Network.Image.Describe(graph, images, model.Preprocessing, request);
        return Run(model, graph, outputs, pixels, new() { [ImageTower.Batch] = pixels.Shape[0] });
    }

    private static Dictionary<string, float[]> RunTexts(ClipModel model, int[][] ids, TowerRequest request)
    {
        GraphBuilder graph = new(OperatorSet.Fused);
        Value input = graph.Input("ids", ElementType.Int64, ["texts", "length"]);
        TowerOutputs outputs = model.Network.Text.Describe(graph, model.Network.Text.Padded(graph, input), request);
        using Tensor given = Tensor.Of<long>(
            ElementType.Int64,
            ids.SelectMany(static row => row).Select(static id => (long)id).ToArray(),
            ids.Length,
            ids[0].Length
        );
        return Run(model, graph, outputs, given, new() { ["texts"] = ids.Length, ["length"] = ids[0].Length });
    }

    private static Dictionary<string, float[]> Run(
        ClipModel model,
        GraphBuilder builder,
        TowerOutputs outputs,
        Tensor given,
        Dictionary<string, long> symbols
    )
    {
        List<(string Name, Value Value)> named = [("embedding", outputs.Embedding), ("pooled", outputs.Pooled)];
        if (outputs.Tokens is { } tokens)
        {
            named.Add(("tokens", tokens));
        }

        named.AddRange(outputs.Attention.Select(static layer => ($"attention.{layer.Key}", layer.Value)));
        named.ForEach(output => builder.Output(output.Name, output.Value));
        Graph graph = builder.Build();
        Tensor[] results = [.. named.Select(output => Tensor.Allocate(output.Value.Type, output.Value.Shape.Resolve(symbols)))];
        using CompiledGraph compiled = new Engine(new() { Threads = 1 }).Compile(graph, model.Parameters.For(graph));
        compiled.Run(SessionThreads.One, [given], results);
        Dictionary<string, float[]> numbers = named
            .Zip(results)
            .ToDictionary(static pair => pair.First.Name, static pair => pair.Second.AsSpan<float>().ToArray());
        foreach (Tensor result in results)
        {
            result.Dispose();
        }

        return numbers;
    }
}
