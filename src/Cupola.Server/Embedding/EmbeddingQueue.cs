using System.Diagnostics;
using System.Threading.Channels;
using Cupola.Server.Requests;

namespace Cupola.Server.Embedding;

/// <summary>
/// Embeds what several requests ask for. One thread of work takes everything that waits and embeds its texts as one batch and its
/// images as another, because a model does many at once faster than one after the other. What waits is bounded.
/// </summary>
internal sealed class EmbeddingQueue : IAsyncDisposable
{
    /// <summary>How long nobody is told to stay away.</summary>
    private const int MostSeconds = 30;

    /// <summary>Batches that count for how long one more is expected to take.</summary>
    private const int Remembered = 16;

    private readonly ClipEmbedder _embedder;
    private readonly ServiceLimits _limits;
    private readonly ServiceMetrics _metrics;
    private readonly Channel<Work> _waiting = Channel.CreateUnbounded<Work>(new() { SingleReader = true });
    private readonly Task _worker;
    private int _count;
    private double _secondsEach;

    /// <param name="embedder">The model; it stays the caller's.</param>
    /// <param name="limits">How much may wait, and how much is embedded together.</param>
    /// <param name="metrics">Counts batches.</param>
    public EmbeddingQueue(ClipEmbedder embedder, ServiceLimits limits, ServiceMetrics metrics)
    {
        (_embedder, _limits, _metrics) = (embedder, limits, metrics);
        metrics.Watch(() => Waiting);
        _worker = Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
    }

    /// <summary>Texts, images and other pieces of work that wait or are being worked on.</summary>
    public int Waiting => Volatile.Read(ref _count);

    /// <summary>Unit vectors of texts, in order.</summary>
    /// <exception cref="RequestException">Too much waits already.</exception>
    public async Task<float[][]> EmbedTextsAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        Join(await AddAsync(texts, piece => new(piece.Length, cancellationToken) { Texts = piece }));

    /// <summary>Unit vectors of images, in order.</summary>
    /// <param name="images">Each [size, size, 3] bytes, prepared for the model.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <exception cref="RequestException">Too much waits already.</exception>
    public async Task<float[][]> EmbedImagesAsync(IReadOnlyList<byte[]> images, CancellationToken cancellationToken) =>
        Join(await AddAsync(images, piece => new(piece.Length, cancellationToken) { Images = piece }));

    /// <summary>Does other work with the model, in its turn.</summary>
    /// <param name="run">The work.</param>
    /// <param name="cost">How much of the queue it takes.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <exception cref="RequestException">Too much waits already.</exception>
    public async Task<T> RunAsync<T>(Func<T> run, int cost, CancellationToken cancellationToken)
        where T : class
    {
        Reserve(cost);
        return (T)await AddAsync(new Work(cost, cancellationToken) { Other = run });
    }

    /// <summary>Finishes what waits, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _worker;
    }

    private static float[][] Join(object[] pieces) => [.. pieces.SelectMany(static piece => (float[][])piece)];

    /// <summary>A large request goes in by pieces of a batch, so that others come in between.</summary>
    private Task<object[]> AddAsync<T>(IReadOnlyList<T> items, Func<T[], Work> create)
    {
        Reserve(items.Count);
        return Task.WhenAll(items.Chunk(_limits.Batch).Select(piece => AddAsync(create(piece))));
    }

    /// <summary>Takes room in the queue; a request that is larger than the queue gets it if it is empty.</summary>
    private void Reserve(int cost)
    {
        int before = Interlocked.Add(ref _count, cost) - cost;
        if (before > 0 && before + cost > _limits.Waiting)
        {
            Interlocked.Add(ref _count, -cost);
            throw RequestException.Busy((int)Math.Clamp(Math.Ceiling(before * _secondsEach), 1, MostSeconds));
        }
    }

    private Task<object> AddAsync(Work work)
    {
        if (!_waiting.Writer.TryWrite(work))
        {
            Finish(work);
            throw RequestException.Busy(MostSeconds);
        }

        return work.Done.Task.WaitAsync(work.Cancellation);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            List<Work> texts = [],
                images = [],
                others = [];
            int count = 0;
            while (count < _limits.Batch && _waiting.Reader.TryRead(out Work? work))
            {
                if (work.Cancellation.IsCancellationRequested)
                {
                    Finish(work);
                    continue;
                }

                (
                    work.Texts is not null ? texts
                    : work.Images is not null ? images
                    : others
                ).Add(work);
                count += work.Cost;
            }

            Do("text", texts, EmbedTexts);
            Do("image", images, EmbedImages);
            foreach (Work other in others)
            {
                Do("other", [other], static works => works[0].Done.TrySetResult(works[0].Other!()));
            }
        }
    }

    private void Do(string kind, List<Work> works, Action<List<Work>> run)
    {
        if (works.Count == 0)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            run(works);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            int count = works.Sum(static work => work.Cost);
            _metrics.CountBatch(kind, count, time);
            _secondsEach += (time.TotalSeconds / count - _secondsEach) / Remembered;
        }
        catch (Exception problem)
        {
            works.ForEach(work => work.Done.TrySetException(problem));
        }
        finally
        {
            works.ForEach(Finish);
        }
    }

    private void Finish(Work work) => Interlocked.Add(ref _count, -work.Cost);

    private void EmbedTexts(List<Work> works) =>
        Share(works, _embedder.EmbedTexts([.. works.SelectMany(static work => work.Texts!)]));

    private void EmbedImages(List<Work> works)
    {
        byte[][] images = [.. works.SelectMany(static work => work.Images!)];
        byte[] pixels = new byte[images.Length * _embedder.Preprocessing.ByteCount];
        for (int index = 0; index < images.Length; index++)
        {
            images[index].CopyTo(pixels, index * _embedder.Preprocessing.ByteCount);
        }

        Share(works, _embedder.EmbedPixels(pixels, images.Length));
    }

    private static void Share(List<Work> works, EmbeddingMatrix embeddings)
    {
        int next = 0;
        foreach (Work work in works)
        {
            work.Done.TrySetResult(Enumerable.Range(next, work.Cost).Select(row => embeddings[row].ToArray()).ToArray());
            next += work.Cost;
        }
    }

    /// <summary>What one request asks for.</summary>
    private sealed record Work(int Cost, CancellationToken Cancellation)
    {
        public IReadOnlyList<string>? Texts { get; init; }

        public IReadOnlyList<byte[]>? Images { get; init; }

        public Func<object>? Other { get; init; }

        public TaskCompletionSource<object> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
