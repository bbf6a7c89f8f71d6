using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;
using Cupola.Models.Quantization;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>The image tower ready to run. Images of one call are encoded in batches, one a thread.</summary>
internal sealed class ImageEncoder : IDisposable
{
    /// <summary>
    /// Images of one run at most: with more, what a run works on no longer fits the processor's cache (docs/benchmarks.md).
    /// </summary>
    private const int MaximumBatch = 4;

    private readonly Engine _engine;
    private readonly CompiledGraph _graph;

    private ImageEncoder(Engine engine, CompiledGraph graph, int embeddingDimension) =>
        (_engine, _graph, EmbeddingDimension) = (engine, graph, embeddingDimension);

    public int EmbeddingDimension { get; }

    /// <summary>Makes a tower ready for images in one form, in int8 where there is a quantizer.</summary>
    public static ImageEncoder Create(
        Engine engine,
        ImageTower tower,
        ImageForm form,
        ImagePreprocessing preprocessing,
        ModelParameters parameters,
        Quantizer? quantizer = null
    )
    {
        tower.AddFolded(parameters, preprocessing);
        Graph graph = Describe(OperatorSet.Fused);
        int dimension = (int)graph.Outputs[0].Shape[1].Factor;
        return new(
            engine,
            quantizer is null
                ? engine.Compile(graph, parameters.For(graph))
                : quantizer.Compile("image", Describe, () => SyntheticInputs.Images(graph.Inputs[0])),
            dimension
        );

        Graph Describe(OperatorSet operators)
        {
            GraphBuilder builder = new(operators);
            Value images = tower.Input(builder, "images", form);
            builder.Output("embeddings", tower.Describe(builder, images, preprocessing, TowerRequest.Embedding).Embedding);
            return builder.Build();
        }
    }

    /// <summary>The embeddings, not of unit length, [images, embedding].</summary>
    /// <param name="images">In the encoder's form, the first extent the number of images.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public float[] Encode(Tensor images, CancellationToken cancellationToken = default) =>
        Encode(images, fixedRuns: false, cancellationToken);

    /// <summary>The same.</summary>
    /// <param name="images">In the encoder's form, the first extent the number of images.</param>
    /// <param name="fixedRuns">Whether the images are split in the same way for any number of threads.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public float[] Encode(Tensor images, bool fixedRuns, CancellationToken cancellationToken)
    {
        int count = checked((int)images.Shape[0]);
        int batch = fixedRuns ? MaximumBatch : Math.Clamp((count + _engine.Threads - 1) / _engine.Threads, 1, MaximumBatch);
        int batches = (count + batch - 1) / batch;
        SessionThreads width = batches == 1 && !fixedRuns ? SessionThreads.All : SessionThreads.One;
        using Tensor embeddings = Tensor.Allocate(ElementType.Float32, count, EmbeddingDimension);
        ParallelOptions options = new() { MaxDegreeOfParallelism = _engine.Threads, CancellationToken = cancellationToken };
        Parallel.For(0, batches, options, index =>
        {
            int start = index * batch,
                size = Math.Min(batch, count - start);
            _graph.Run(width, [images.Rows(start, size)], [embeddings.Rows(start, size)]);
        });
        return embeddings.AsSpan<float>().ToArray();
    }

    public void Dispose() => _graph.Dispose();
}
