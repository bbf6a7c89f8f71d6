using System.Collections.Concurrent;
using Cupola.Files;
using Cupola.Images;
using Cupola.Tests.Images;
using Cupola.Text;
using Cupola.Training.Data;

namespace Cupola.Tests.Training.Data;

public sealed class TrainingBatchesTests
{
    private static readonly ImagePreprocessing Small = new(8);
    private static readonly ImageAugmentation Everything = new(0.5f, flip: true, 0.4f);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ARunThatIsTakenUpAnywhereSeesTheSameBits()
    {
        TrainingPairs pairs = Folders(7, 6, 5);
        Seen[] whole = [.. Read(Batches(pairs, batchSize: 4), 0, 11)];

        for (int step = 0; step < 11; step += 3)
        {
            Assert.Equal<IEnumerable<Seen>>(whole[step..], Read(Batches(pairs, batchSize: 4, threads: 3), step, 11));
        }

        Assert.NotEqual<IEnumerable<Seen>>(whole[..4], Read(Batches(pairs, batchSize: 4, seed: 8), 0, 4));
        Assert.Equal(Enumerable.Range(0, 11), whole.Select(batch => (int)batch.Step));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ImagesAreDecodedOnceAndLookAsIfTheyWereDecodedEachTime(bool crops)
    {
        ImageAugmentation augmentation = crops ? Everything : new(1, flip: true, 0.4f);
        ConcurrentDictionary<string, int> decoded = [];
        TrainingPairs pairs = Watched(Folders(4, 4), name => decoded.AddOrUpdate(name, 1, (_, count) => count + 1));

        // The first epoch is read to its end: what is read ahead of the next may be decoded while this one still is.
        TrainingBatches batches = Batches(pairs, batchSize: 4, augmentation);
        foreach (Seen batch in Read(batches, 0, 2).Concat(Read(batches, 2, 6)))
        {
            foreach ((int row, int pair) in batch.Pairs.Index())
            {
                byte[] expected = new byte[Small.ByteCount];
                using RgbImage image = ImageDecoder.Decode(pairs[pair].Image.Name);
                augmentation.Apply(image, Small, seed: 7, batch.Step / 2, pair, expected);
                Assert.Equal(expected, batch.Pixels.AsSpan(row * Small.ByteCount, Small.ByteCount));
            }
        }

        Assert.Equal(8, decoded.Count);
        Assert.All(decoded.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public void CaptionsAreDrawnAnewEachEpochAndEachIsDrawn()
    {
        TrainingPairs pairs = Folders(2, 2);
        ClipTokenizer tokenizer = Tokenizer();
        Dictionary<string, int> drawn = [];
        foreach (Seen batch in Read(Batches(pairs, batchSize: 4), 0, 50))
        {
            foreach (string text in batch.Texts)
            {
                drawn[text] = drawn.GetValueOrDefault(text) + 1;
            }
        }

        Assert.Equal(
            Enumerable
                .Range(0, 4)
                .SelectMany(pair => pairs[pair].Captions)
                .Select(caption => string.Join(' ', tokenizer.Encode(caption).Ids))
                .Distinct()
                .Order(StringComparer.Ordinal),
            drawn.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(drawn.Values, times => Assert.InRange(times, 3, 40));
    }

    [Fact]
    public void PairsOfAClassOrWithEqualCaptionsSayTheSame()
    {
        Seen byClass = Assert.Single(Read(Batches(Folders(3, 3), batchSize: 6), 0, 1));
        Seen byCaption = Assert.Single(
            Read(Batches(Table("a cat", "a dog", "A  CAT", "a dog", "a cat", "an owl"), batchSize: 6), 0, 1)
        );

        Assert.Equal([3, 3], byClass.Labels.CountBy(label => label).Select(count => count.Value));
        Assert.All(byClass.Pairs.Zip(byClass.Labels), pair =>
            Assert.Equal(
                byClass.Labels[byClass.Pairs.Index().First(other => other.Item < 3 == pair.First < 3).Index],
                pair.Second
            )
        );
        Assert.Equal([1, 2, 3], byCaption.Labels.CountBy(label => label).Select(count => count.Value).Order());
        Assert.Equal(byCaption.Texts.Distinct().Count(), byCaption.Labels.Distinct().Count());
        // Through a caption that two classes have in common, both say the same.
        Assert.Equal([0, 0, 0, 3], DuplicateCaptions.Find([("cat", [1, 2]), ("dog", [1, 2]), ("dog", [3]), (null, [4])]));
    }

    [Fact]
    public void BrokenImagesAreNamedOncePassedOverAndNeverStopTheRest()
    {
        TrainingPairs pairs = Table("a cat", "a dog", "an owl", "a fish");
        File.Delete(pairs[1].Image.Name);
        File.WriteAllText(pairs[2].Image.Name, "no image");
        List<string> broken = [];

        Seen[] batches = [.. Read(Batches(pairs, batchSize: 4), 0, 3, broken)];

        Assert.All(batches, batch => Assert.Equal([0, 3], batch.Pairs.Order()));
        Assert.All(batches, batch => Assert.Equal(2, batch.Texts.Count));
        Assert.Equal(2, broken.Count);
        Assert.Contains(broken, told => told.Contains(pairs[1].Image.Name, StringComparison.Ordinal));
        Assert.Contains(broken, told => told.StartsWith(pairs[2].Image.Name, StringComparison.Ordinal));
        File.Delete(pairs[0].Image.Name);
        File.Delete(pairs[3].Image.Name);
        string message = Assert.Throws<InvalidDataException>(() => Read(Batches(pairs, batchSize: 4), 0, 1).Count()).Message;
        Assert.StartsWith(
            "None of the 4 images of a batch can be read, the first because of this: ",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void BatchesAreMadeReadyNoFurtherAheadThanTwo()
    {
        int read = 0;
        TrainingPairs pairs = Watched(Table([.. Enumerable.Range(0, 60).Select(number => $"number {number}")]), _ =>
            Interlocked.Increment(ref read)
        );

        Assert.Single(Read(Batches(pairs, batchSize: 5), 0, 12).Take(1));

        Assert.InRange(read, 5, 5 + (2 * 5) + 1);
    }

    [Fact]
    public void LongCaptionsAreCutAndCounted()
    {
        using TrainingBatch batch = Assert.Single(
            Batches(Table("a cat", string.Join(' ', Enumerable.Repeat("very", 40))), batchSize: 2).From(0, 1, Cancellation)
        );

        Assert.Equal(1, batch.Truncated);
        Assert.Equal(20, batch.Texts.Max(text => text.Length));
    }

    [Fact]
    public void SomePairsMayBeLookedAtInAnyOrder()
    {
        TrainingPairs pairs = Folders(4, 4);
        TrainingBatches batches = Batches(pairs, batchSize: 3, ImageAugmentation.None);

        TrainingBatch[] some = [.. batches.Read([7, 0, 3, 5], epoch: 2, Cancellation)];

        Assert.Equal(
            [
                [7, 0, 3],
                [5],
            ],
            some.Select(batch => batch.Pairs)
        );
        Assert.Equal(
            some.SelectMany(batch => batch.Pairs).Select(pair => pairs[pair].Image.Name),
            some.SelectMany(batch => batch.Names)
        );
        Assert.Equal(
            [0, 1, 0, 1],
            new[] { 3, 7, 0, 5 }.Select(pair => batches.DuplicatesOf(2)[pair] == batches.DuplicatesOf(2)[0] ? 0 : 1)
        );
        Array.ForEach(some, static batch => batch.Dispose());
    }

    /// <summary>The same pairs, whose images say when they are read.</summary>
    private static TrainingPairs Watched(TrainingPairs pairs, Action<string> read) =>
        new([
            .. Enumerable
                .Range(0, pairs.Count)
                .Select(place => pairs[place])
                .Select(pair => pair with { Image = new(pair.Image.Name, cancellationToken =>
                        {
                            read(pair.Image.Name);
                            return pair.Image.Read(cancellationToken);
                        }) }),
        ]);

    private static TrainingBatches Batches(
        TrainingPairs pairs,
        int batchSize,
        ImageAugmentation? augmentation = null,
        ulong seed = 7,
        int threads = 2
    ) =>
        new(
            pairs,
            new ShuffledSampler(pairs.Count, batchSize, seed),
            Tokenizer(),
            Small,
            augmentation ?? Everything,
            seed,
            threads,
            ImageCache.UsualRoom
        );

    private static ClipTokenizer Tokenizer()
    {
        string folder = TestFolder.New();
        TokenizerFolder.Write(folder, new TokenizerTrainer().Train(TokenizerTrainer.SmallestVocabulary), contextLength: 20);
        return ClipTokenizer.Load(folder, contextLength: 20);
    }

    private static IEnumerable<Seen> Read(TrainingBatches batches, long step, long end, List<string>? broken = null)
    {
        foreach (TrainingBatch batch in batches.From(step, end, Cancellation))
        {
            using (batch)
            {
                broken?.AddRange(batch.Broken);
                yield return new(
                    batch.Step,
                    batch.Pairs,
                    batch.Images.AsSpan<byte>().ToArray(),
                    [.. batch.Texts.Select(text => string.Join(' ', text))],
                    batch.Labels
                );
            }
        }
    }

    /// <summary>Class folders "a", "b" and so on, with so many images each, about which the seven templates speak.</summary>
    private static TrainingPairs Folders(params int[] counts)
    {
        string folder = TestFolder.New();
        foreach ((int label, int count) in counts.Index())
        {
            string place = Directory.CreateDirectory(Path.Combine(folder, ((char)('a' + label)).ToString())).FullName;
            for (int image = 0; image < count; image++)
            {
                File.WriteAllBytes(Path.Combine(place, $"{image}.bmp"), RandomImage.Bitmap(12, 10, (label * 100) + image));
            }
        }

        return TrainingPairs.Read(folder, logger: new SentenceLogger(Assert.Fail));
    }

    /// <summary>A table of an image for each caption.</summary>
    private static TrainingPairs Table(params string[] captions)
    {
        string folder = TestFolder.New(),
            table = Path.Combine(folder, "images.tsv");
        foreach ((int image, string _) in captions.Index())
        {
            File.WriteAllBytes(Path.Combine(folder, $"{image}.bmp"), RandomImage.Bitmap(12, 10, image));
        }

        File.WriteAllLines(
            table,
            ["image\tcaption", .. captions.Index().Select(caption => $"{caption.Index}.bmp\t{caption.Item}")]
        );
        return TrainingPairs.Read(table, logger: new SentenceLogger(Assert.Fail));
    }

    private sealed record Seen(
        long Step,
        IReadOnlyList<int> Pairs,
        byte[] Pixels,
        IReadOnlyList<string> Texts,
        IReadOnlyList<int> Labels
    )
    {
        public bool Equals(Seen? other) =>
            other is not null
            && Step == other.Step
            && Pairs.SequenceEqual(other.Pairs)
            && Pixels.AsSpan().SequenceEqual(other.Pixels)
            && Texts.SequenceEqual(other.Texts)
            && Labels.SequenceEqual(other.Labels);

        public override int GetHashCode() => Step.GetHashCode();
    }
}
