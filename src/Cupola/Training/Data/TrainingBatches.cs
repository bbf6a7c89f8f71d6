using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Text;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Data;

/// <summary>
/// Prepares batches ahead of the training steps, in bounded memory. Randomness depends only on the seed, the epoch and the pair,
/// so a resumed run sees the same bits.
/// </summary>
internal sealed class TrainingBatches
{
    /// <summary>The total size of prepared images that may wait for their step.</summary>
    private const long AheadBytes = 256L << 20;

    private readonly TrainingPairs _pairs;
    private readonly BatchSampler _order;
    private readonly TextTokenizer _tokenizer;
    private readonly ImagePreprocessing _preprocessing;
    private readonly ImageAugmentation _augmentation;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly ImageCache _cache;
    private readonly BatchShare _share;
    private readonly HashSet<int> _reported = [];

    /// <summary>Creates the batches of a run.</summary>
    /// <param name="pairs">The training data.</param>
    /// <param name="order">Assigns pairs to batches.</param>
    /// <param name="tokenizer">Encodes captions; its context length limits them.</param>
    /// <param name="preprocessing">The model's preprocessing.</param>
    /// <param name="augmentation">The augmentation of images.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="threads">Images that are decoded at once.</param>
    /// <param name="cacheBytes">The size of the cache of images in bytes.</param>
    /// <param name="share">Whose images this rank prepares; without it, all.</param>
    public TrainingBatches(
        TrainingPairs pairs,
        BatchSampler order,
        TextTokenizer tokenizer,
        ImagePreprocessing preprocessing,
        ImageAugmentation augmentation,
        ulong seed,
        int threads,
        long cacheBytes,
        BatchShare? share = null
    )
    {
        _share = share ?? new(new Alone(), static pairs => (0, pairs));
        _pairs = pairs;
        _order = order;
        _tokenizer = tokenizer;
        _preprocessing = preprocessing;
        _augmentation = augmentation;
        _seed = seed;
        _threads = threads;
        _cache = new(pairs.Count, cacheBytes);
    }

    /// <summary>
    /// The batches of some steps, in order; the caller disposes each. Pairs whose images cannot be read are omitted from their
    /// batch. If batches are mined, steps must not go beyond the epoch that was mined.
    /// </summary>
    /// <param name="step">The first step.</param>
    /// <param name="end">The step before which to stop.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <exception cref="InvalidDataException">None of the images of a batch can be read.</exception>
    public IEnumerable<TrainingBatch> From(long step, long end, CancellationToken cancellationToken) =>
        Batches(
            Steps(step, end).SelectMany(each => Positions(each, _order.EpochOf(each), _order.Batch(each))),
            cancellationToken
        );

    /// <summary>Some pairs in a given order, in batches whose steps count from 0; for uses other than training.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="epoch">Determines the drawn captions, and the randomness of images.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    public IEnumerable<TrainingBatch> Read(IReadOnlyList<int> pairs, long epoch, CancellationToken cancellationToken) =>
        Batches(
            pairs.Chunk(_order.BatchSize).Index().SelectMany(batch => Positions(batch.Index, epoch, batch.Item)),
            cancellationToken
        );

    /// <summary>The meaning of each pair in an epoch: equal numbers for pairs of one class, or with equal captions.</summary>
    public int[] DuplicatesOf(long epoch) =>
        DuplicateCaptions.Find([
            .. Enumerable.Range(0, _pairs.Count).Select(pair => (_pairs[pair].Label, Caption(epoch, pair).Ids)),
        ]);

    private static IEnumerable<long> Steps(long step, long end)
    {
        for (; step < end; step++)
        {
            yield return step;
        }
    }

    private IEnumerable<PairPosition> Positions(long step, long epoch, int[] batch)
    {
        (int start, int end) = _share.PairsOf(batch.Length);
        return batch
            .Index()
            .Select(pair => new PairPosition(
                step,
                epoch,
                pair.Item,
                pair.Index >= start && pair.Index < end,
                pair.Index == batch.Length - 1
            ));
    }

    private IEnumerable<TrainingBatch> Batches(IEnumerable<PairPosition> positions, CancellationToken cancellationToken)
    {
        int ahead = (int)Math.Max(Math.Min(2L * _order.BatchSize, AheadBytes / _preprocessing.ByteCount), _threads);
        List<PreparedPair> batch = [];
        foreach (
            PreparedPair pair in Prefetch.Select(
                positions,
                position => Prepare(position, cancellationToken),
                _threads,
                ahead,
                cancellationToken
            )
        )
        {
            batch.Add(pair);
            if (pair.Position.IsLast)
            {
                yield return Assemble(batch, cancellationToken);
                batch.Clear();
            }
        }
    }

    private PreparedPair Prepare(PairPosition position, CancellationToken cancellationToken)
    {
        TrainingPair pair = _pairs[position.Pair];
        TokenizedText text = Caption(position.Epoch, position.Pair);
        if (!position.IsMine)
        {
            return new(position, pair, text, null, null);
        }

        try
        {
            return new(position, pair, text, Pixels(pair, position, cancellationToken), null);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return new(position, pair, text, null, exception.Message);
        }
    }

    private byte[] Pixels(TrainingPair pair, PairPosition position, CancellationToken cancellationToken) =>
        _augmentation.Crops ? Crop(pair, position, cancellationToken) : Shape(pair, position, cancellationToken);

    /// <summary>With random crops, the cached image is the decoded one, which all epochs share.</summary>
    private byte[] Crop(TrainingPair pair, PairPosition position, CancellationToken cancellationToken)
    {
        using RgbImage? cached = _cache.Find(position.Pair);
        using RgbImage? decoded = cached is null ? pair.Image.DecodeShared(orient: false, cancellationToken) : null;
        RgbImage image = cached ?? decoded!;
        _cache.Keep(position.Pair, image);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(_preprocessing.ByteCount);
        _augmentation.Apply(image, _preprocessing, _seed, position.Epoch, position.Pair, pixels);
        return pixels;
    }

    /// <summary>Without random crops, the cached image is the preprocessed one.</summary>
    private byte[] Shape(TrainingPair pair, PairPosition position, CancellationToken cancellationToken)
    {
        using RgbImage? cached = _cache.Find(position.Pair);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(_preprocessing.ByteCount);
        if (cached is not null)
        {
            cached.Bytes.CopyTo(pixels);
        }
        else
        {
            using RgbImage image = pair.Image.DecodeShared(orient: false, cancellationToken),
                shaped = new(_preprocessing.Size, _preprocessing.Size);
            _preprocessing.Apply(image, pixels);
            pixels.CopyTo(shaped.Bytes);
            _cache.Keep(position.Pair, shaped);
        }

        _augmentation.ApplyShaped(pixels, _preprocessing.Size, _seed, position.Epoch, position.Pair);
        return pixels;
    }

    private TokenizedText Caption(long epoch, int pair)
    {
        IReadOnlyList<string> captions = _pairs[pair].Captions;
        return _tokenizer.Encode(captions[new SplitMix64(_seed, RandomUse.Caption, epoch, pair).NextBelow(captions.Count)]);
    }

    private TrainingBatch Assemble(List<PreparedPair> batch, CancellationToken cancellationToken)
    {
        string?[] errors = _share.Gather([.. batch.Select(static pair => pair.Error)]);
        PreparedPair[] whole = [.. batch.Where((_, index) => errors[index] is null)];
        if (whole.Length == 0)
        {
            throw new InvalidDataException(
                $"None of the {batch.Count} images of a batch can be read, the first because of this: {errors[0]} Repair "
                    + "the images, or remove them from the data."
            );
        }

        string[] unreadable =
        [
            .. errors
                .Where((error, index) => error is not null && _reported.Add(batch[index].Position.Pair))
                .Select(static error => error!),
        ];
        return new(
            batch[0].Position.Step,
            [.. whole.Select(static pair => pair.Position.Pair)],
            Images(whole, cancellationToken),
            [.. whole.Select(pair => _tokenizer.Pad(pair.Text.Ids))],
            DuplicateCaptions.Find([.. whole.Select(static pair => (pair.Pair.Label, pair.Text.Ids))]),
            [.. whole.Select(static pair => pair.Pair.Image.Name)],
            unreadable,
            whole.Count(static pair => pair.Text.IsTruncated)
        );
    }

    /// <summary>
    /// The images of this rank's pairs. Where others turned out to be broken, these may be some that another rank was to prepare.
    /// </summary>
    private Tensor Images(PreparedPair[] whole, CancellationToken cancellationToken)
    {
        int size = _preprocessing.Size;
        (int start, int end) = _share.PairsOf(whole.Length);
        Tensor images = Tensor.Allocate(ElementType.UInt8, end - start, size, size, 3);
        Span<byte> rest = images.AsSpan<byte>();
        foreach (PreparedPair pair in whole.AsSpan(start..end))
        {
            (pair.Pixels ?? Pixels(pair.Pair, pair.Position, cancellationToken)).CopyTo(rest);
            rest = rest[_preprocessing.ByteCount..];
        }

        return images;
    }

    /// <summary>A pair's position in a run.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Pair">Its index in the data.</param>
    /// <param name="IsMine">Whether this rank prepares its image.</param>
    /// <param name="IsLast">Whether it is the last of its batch.</param>
    private sealed record PairPosition(long Step, long Epoch, int Pair, bool IsMine, bool IsLast);

    private sealed record PreparedPair(
        PairPosition Position,
        TrainingPair Pair,
        TokenizedText Text,
        byte[]? Pixels,
        string? Error
    );
}

/// <summary>The pairs of one step, prepared for the towers.</summary>
/// <param name="Step">The step.</param>
/// <param name="Pairs">The index of each pair in the data. Pairs whose images cannot be read are omitted.</param>
/// <param name="Images">Bytes, [pairs of this rank, size, size, 3]; owned by the batch.</param>
/// <param name="Texts">Token ids of each pair's caption, from the start token to the end token.</param>
/// <param name="Labels">The meaning of each pair: equal numbers for pairs of one class, or with equal captions.</param>
/// <param name="Names">The name of each image.</param>
/// <param name="Broken">One sentence for each unreadable image that was not reported before.</param>
/// <param name="Truncated">The number of captions longer than the context.</param>
internal sealed record TrainingBatch(
    long Step,
    IReadOnlyList<int> Pairs,
    Tensor Images,
    IReadOnlyList<int[]> Texts,
    IReadOnlyList<int> Labels,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Broken,
    int Truncated
) : IDisposable
{
    public void Dispose() => Images.Dispose();
}
