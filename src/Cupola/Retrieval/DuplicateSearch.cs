using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cupola.Images;

namespace Cupola.Retrieval;

/// <summary>
/// Finds duplicates at three levels, each among what the level before tells apart. Every image of a group is a duplicate of the
/// group's first, so that no chain of small steps joins what differs. Nothing is ever deleted.
/// </summary>
internal sealed class DuplicateSearch(ImageIndex index, CancellationToken cancellationToken)
{
    /// <summary>The cosine from which on two images may be the same picture (docs/search.md).</summary>
    private const float SamePicture = 0.985f;

    /// <summary>The cosine from which on two images taken at once show the same.</summary>
    private const float SameMoment = 0.9f;

    private static readonly TimeSpan LongestMoment = TimeSpan.FromSeconds(10);

    /// <summary>Rows of a block: two of them stay in a processor's cache.</summary>
    private const int BlockRows = 128;

    /// <summary>The groups: those of the same bytes first, and within a level in the order of their first paths.</summary>
    /// <param name="query">What an image must be; its terms do not count.</param>
    public IReadOnlyList<DuplicateGroup> Find(SearchQuery query)
    {
        List<DuplicateGroup> groups = [];
        ImageFilter filter = new(query);
        index.Store.Read(
            (images, rows) =>
            {
                Item[] contents = Bytes([.. images.Where(image => filter.Matches(image.File))], rows, groups);
                Item[] pictures = Pictures(contents, groups);
                Moments(pictures, groups);
            }
        );
        return
        [
            .. groups
                .OrderBy(static group => group.Level)
                .ThenBy(static group => group.Images[0].File.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>Groups of the same bytes; what remains is one image a content.</summary>
    private static Item[] Bytes(IReadOnlyList<IndexedRow> images, VectorFile.Rows rows, List<DuplicateGroup> groups)
    {
        List<Item> contents = [];
        foreach (IGrouping<long, IndexedRow> content in images.GroupBy(static image => image.Row))
        {
            IndexedRow[] same = [.. content];
            contents.Add(new(same[0].File, rows, content.Key));
            if (same.Length > 1)
            {
                groups.Add(new(DuplicateLevel.Bytes, [.. same.Select(static image => new DuplicateImage(image.File, 1))]));
            }
        }

        return [.. contents];
    }

    /// <summary>Groups of the same picture; what remains is one image a picture.</summary>
    private Item[] Pictures(Item[] contents, List<DuplicateGroup> groups)
    {
        bool[] near = Near(contents);
        Item[] candidates = [.. contents.Where((_, place) => near[place])];
        Dictionary<ContentHash, PicturePrint?> prints = Prints(candidates);
        Groups first = new(SamePicture);
        foreach (Item item in candidates.OrderByDescending(static item => item.File.Size).ThenBy(PathOf, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            PicturePrint? own = prints[item.Content];
            first.Add(item, other => own is { } print && prints[other.Content] is { } theirs && print.IsNear(theirs));
        }

        groups.AddRange(first.Several(DuplicateLevel.Picture));
        return [.. contents.Where((_, place) => !near[place]), .. first.Firsts];
    }

    /// <summary>Groups of one moment, by the time that the camera wrote.</summary>
    private void Moments(Item[] pictures, List<DuplicateGroup> groups)
    {
        Groups first = new(SameMoment);
        foreach (
            (Item item, DateTime taken) in pictures
                .Select(static item => (Item: item, Taken: ImageFilter.TakenAt(item.File)))
                .Where(static each => each.Taken is not null)
                .Select(static each => (each.Item, each.Taken!.Value))
                .OrderBy(static each => each.Value)
                .ThenBy(static each => each.Item.File.Path, StringComparer.Ordinal)
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            first.Add(item, static _ => true, other => taken - ImageFilter.TakenAt(other.File) <= LongestMoment);
        }

        groups.AddRange(first.Several(DuplicateLevel.Moment));
    }

    /// <summary>Which contents have another so near that it may be the same picture, block by block.</summary>
    private bool[] Near(Item[] items)
    {
        var near = new bool[items.Length];
        int blocks = (items.Length + BlockRows - 1) / BlockRows;
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = index.Embedder.Threads,
            CancellationToken = cancellationToken,
        };
        // The blocks of the beginning have most to be compared with.
        Parallel.For(0, blocks, options, block =>
        {
            float[][] own = Vectors(items, block);
            for (int other = block; other < blocks; other++)
            {
                float[][] theirs = other == block ? own : Vectors(items, other);
                for (int first = 0; first < own.Length; first++)
                {
                    for (int second = other == block ? first + 1 : 0; second < theirs.Length; second++)
                    {
                        if (TensorPrimitives.Dot<float>(own[first], theirs[second]) >= SamePicture)
                        {
                            near[(block * BlockRows) + first] = true;
                            near[(other * BlockRows) + second] = true;
                        }
                    }
                }
            }
        });
        return near;
    }

    private static float[][] Vectors(Item[] items, int block) =>
        [.. items.Skip(block * BlockRows).Take(BlockRows).Select(static item => item.Vector())];

    /// <summary>The print of each content, of which the store keeps those that it has seen.</summary>
    private Dictionary<ContentHash, PicturePrint?> Prints(Item[] items)
    {
        Dictionary<ContentHash, PicturePrint?> prints = index.Store.Prints();
        Item[] unknown = [.. items.Where(item => !prints.ContainsKey(item.Content))];
        var made = new (bool IsRead, PicturePrint? Print)[unknown.Length];
        Parallel.For(
            0,
            unknown.Length,
            new ParallelOptions { MaxDegreeOfParallelism = index.Embedder.Threads, CancellationToken = cancellationToken },
            place => made[place] = Print(unknown[place])
        );
        index.Store.AddPrints([
            .. unknown
                .Zip(made)
                .Where(static each => each.Second.IsRead)
                .Select(static each => (each.First.Content, each.Second.Print)),
        ]);
        foreach ((Item item, (_, PicturePrint? print)) in unknown.Zip(made))
        {
            prints[item.Content] = print;
        }

        return prints;
    }

    /// <summary>What cannot be read any more, or is another image by now, is no duplicate of anything.</summary>
    private (bool IsRead, PicturePrint? Print) Print(Item item)
    {
        try
        {
            byte[] bytes = KnownFile.SourceOf(item.File.Path).Read(cancellationToken);
            if (!item.Content.Equals(new ContentHash(SHA256.HashData(bytes))))
            {
                return (false, null);
            }

            using RgbImage image = ImageDecoder.DecodeShared(bytes, item.File.Path, index.IsOriented, cancellationToken);
            return (true, PicturePrint.Of(image));
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return (false, null);
        }
    }

    private static string PathOf(Item item) => item.File.Path;

    /// <summary>One image a content, or a picture.</summary>
    private sealed class Item(KnownFile file, VectorFile.Rows rows, long row)
    {
        public KnownFile File => file;

        public ContentHash Content { get; } = new(file.Hash!);

        /// <summary>Its unit vector: float16 leaves a length of 1 only nearly.</summary>
        public float[] Vector()
        {
            float[] vector = new float[rows.Dimension];
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(rows[row]), vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            return vector;
        }
    }

    /// <summary>Groups in the making: each image joins the nearest first one that it is a duplicate of, or becomes one.</summary>
    private sealed class Groups(float least)
    {
        private readonly List<(Item Item, float[] Vector, List<DuplicateImage> Images)> _groups = [];
        private int _from;

        public IEnumerable<Item> Firsts => _groups.Select(static group => group.Item);

        /// <summary>Adds an image.</summary>
        /// <param name="item">The image.</param>
        /// <param name="isSame">Whether it is a duplicate of one that is near.</param>
        /// <param name="counts">Whether a first one counts for this image or one to come; all do where null.</param>
        public void Add(Item item, Func<Item, bool> isSame, Func<Item, bool>? counts = null)
        {
            while (counts is not null && _from < _groups.Count && !counts(_groups[_from].Item))
            {
                _from++;
            }

            float[] vector = item.Vector();
            int best = -1;
            float highest = least;
            for (int place = _from; place < _groups.Count; place++)
            {
                float cosine = TensorPrimitives.Dot<float>(vector, _groups[place].Vector);
                if (cosine >= highest && isSame(_groups[place].Item))
                {
                    (best, highest) = (place, cosine);
                }
            }

            if (best < 0)
            {
                _groups.Add((item, vector, [new(item.File, 1)]));
            }
            else
            {
                _groups[best].Images.Add(new(item.File, highest));
            }
        }

        public IEnumerable<DuplicateGroup> Several(DuplicateLevel level) =>
            _groups.Where(static group => group.Images.Count > 1).Select(group => new DuplicateGroup(level, group.Images));
    }
}
