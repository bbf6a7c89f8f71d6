using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>In which form images reach an image encoder.</summary>
internal enum ImageForm
{
    /// <summary>
    /// Bytes [images, height, width, 3], as preprocessing gives them; normalisation is folded into the first layer.
    /// </summary>
    Bytes,

    /// <summary>Normalised floats [images, 3, height, width], as the reference's own graphs take them.</summary>
    PixelValues,
}

/// <summary>
/// CLIP's image tower, one of two kinds: a vision transformer or a modified residual network. Images of one call are
/// encoded in chunks, one a thread.
/// </summary>
internal abstract class ImageEncoder : IDisposable
{
    /// <summary>The symbol for the number of images of a run.</summary>
    public const string Batch = "batch";

    /// <summary>
    /// Images of one run at most: with more, what a run works on no longer fits the processor's cache (docs/benchmarks.md).
    /// </summary>
    private const int MaximumChunk = 4;

    private readonly Engine _engine;
    private readonly CompiledGraph _graph;

    protected ImageEncoder(
        Engine engine,
        ImageConfig config,
        int embeddingDimension,
        ImageForm form,
        Func<GraphBuilder, Value, Value> describe,
        ModelParameters parameters
    )
    {
        _engine = engine;
        EmbeddingDimension = embeddingDimension;
        GraphBuilder builder = new(OperatorSet.Fused);
        Value images = builder.Input(
            "images",
            form == ImageForm.Bytes ? ElementType.UInt8 : ElementType.Float32,
            [Batch, .. Extents(config, form)]
        );
        builder.Output("embeddings", describe(builder, images));
        Graph graph = builder.Build();
        _graph = engine.Compile(graph, parameters.For(graph));
    }

    public int EmbeddingDimension { get; }

    /// <summary>The embeddings, not of unit length, [images, embedding].</summary>
    /// <param name="images">In the encoder's form, the first extent the number of images.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public float[] Encode(Tensor images, CancellationToken cancellation = default)
    {
        int count = checked((int)images.Shape[0]);
        int chunk = Math.Clamp((count + _engine.Threads - 1) / _engine.Threads, 1, MaximumChunk);
        int chunks = (count + chunk - 1) / chunk;
        SessionThreads width = chunks == 1 ? SessionThreads.All : SessionThreads.One;
        using Tensor embeddings = Tensor.Allocate(ElementType.Float32, count, EmbeddingDimension);
        ParallelOptions options = new() { MaxDegreeOfParallelism = _engine.Threads, CancellationToken = cancellation };
        Parallel.For(0, chunks, options, index =>
        {
            int start = index * chunk,
                size = Math.Min(chunk, count - start);
            _graph.Run(width, [images.Rows(start, size)], [embeddings.Rows(start, size)]);
        });
        return embeddings.AsSpan<float>().ToArray();
    }

    public void Dispose() => _graph.Dispose();

    private static long[] Extents(ImageConfig config, ImageForm form) =>
        form == ImageForm.Bytes ? [config.ImageSize, config.ImageSize, 3] : [3, config.ImageSize, config.ImageSize];
}
