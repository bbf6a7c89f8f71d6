using System.Security.Cryptography;
using Cupola.Images;

namespace Cupola.Retrieval;

/// <summary>
/// Brings an index up to date with one folder: files whose size and time are known are passed over, contents that are known are
/// not embedded again, and batches become visible one after the other. Rows are on disk before the database names them.
/// </summary>
internal sealed class IndexUpdater(
    ImageIndex index,
    EmbeddingCache? cache,
    EmbeddedFiles? files,
    IProgress<int>? progress,
    CancellationToken cancellationToken
)
{
    /// <summary>A killed update loses no more images than these.</summary>
    private const int BatchSize = 256;

    private readonly ImageStore _store = index.Store;
    private readonly HashSet<ContentHash> _contents = index.Store.Contents();
    private readonly List<string> _broken = [];
    private readonly Dictionary<string, bool> _unreadableFolders = new(StringComparer.Ordinal);
    private Dictionary<string, KnownFile> _before = [];
    private int _brokenCount;
    private int _embedded;
    private int _reused;
    private int _moved;

    /// <summary>Updates the index for a folder or a file.</summary>
    /// <param name="root">Its full path.</param>
    public IndexUpdate Update(string root)
    {
        IReadOnlyList<string> paths =
            File.Exists(root) ? (LinkedFile.IsEndless(root) ? [] : [root])
            : Directory.Exists(root) ? ImageFolder.Enumerate(root)
            : throw new DirectoryNotFoundException(
                $"There is no folder {root}; what the index knows of it stays, in case it is a drive that is not connected."
            );
        _store.AddRoot(root);
        Dictionary<string, KnownFile> known = _before = _store.FilesBelow(root);
        FileInfo[] work = [.. paths.Select(static path => new FileInfo(path)).Where(file => IsNew(file, known))];
        HashSet<string> there = new(paths, StringComparer.Ordinal);
        string[] gone =
        [
            .. known
                .Values.Where(file => !file.IsGone && !there.Contains(file.Path) && !IsHidden(file.Path))
                .Select(static file => file.Path),
        ];
        HashSet<ContentHash> left =
        [
            .. gone.Select(path => known[path].Hash).OfType<byte[]>().Select(static hash => new ContentHash(hash)),
        ];
        _store.MarkGone(gone);
        progress?.Report(-work.Length);
        foreach (FileInfo[] batch in work.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(batch, left);
            progress?.Report(batch.Length);
        }

        HashSet<string> again = [.. work.Select(static file => file.FullName)];
        int unreadable = known.Values.Count(file =>
            file.Error is not null && there.Contains(file.Path) && !again.Contains(file.Path)
        );
        return new(root, paths.Count, _embedded, _reused, _moved, gone.Length - _moved, _broken)
        {
            BrokenCount = _brokenCount + unreadable,
        };
    }

    /// <summary>
    /// Whether a file has to be looked at: it is new, was written since, came back, could not be read at all, or has no vector of
    /// this model.
    /// </summary>
    private bool IsNew(FileInfo file, Dictionary<string, KnownFile> known) =>
        !known.TryGetValue(file.FullName, out KnownFile? before)
        || before.IsGone
        || before.Hash is null
        || LinkedFile.Of(file.FullName) is not { Exists: true } linked
        || before.Size != linked.Length
        || before.Changed != linked.LastWriteTimeUtc.Ticks
        || (before.Error is null && !_contents.Contains(new(before.Hash)));

    /// <summary>Whether a file may be there still, in a folder that may not be read.</summary>
    private bool IsHidden(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        if (folder is null)
        {
            return false;
        }

        if (!_unreadableFolders.TryGetValue(folder, out bool isUnreadable))
        {
            try
            {
                _ = Directory.EnumerateFileSystemEntries(folder).Any();
            }
            catch (UnauthorizedAccessException)
            {
                isUnreadable = true;
            }
            catch (DirectoryNotFoundException)
            {
                // It went away in between, and so did what was in it.
            }

            _unreadableFolders.Add(folder, isUnreadable);
        }

        return isUnreadable;
    }

    private void Add(FileInfo[] batch, HashSet<ContentHash> gone)
    {
        var read = new ReadFile[batch.Length];
        Parallel.For(0, batch.Length, new ParallelOptions { CancellationToken = cancellationToken }, place =>
            read[place] = Read(batch[place])
        );
        ReadFile[] unknown = [.. read.Where(file => file.Content is { } content && !_contents.Contains(content))];
        List<ContentVector> written =
        [
            .. unknown
                .DistinctBy(static file => file.Content)
                .Select(file => (file.Content, Vector: files?.Find(file.Known)))
                .Where(static each => each.Vector is not null)
                .Select(static each => new ContentVector(each.Content!.Value, each.Vector!)),
        ];
        Failures failures = new();
        List<ContentVector> embedded = [];
        HashSet<ContentHash> done = [.. written.Select(static each => each.Content)];
        // Each content once, in the order of the files; where a file failed by itself, the next one of its content is read.
        while (Next() is { Length: > 0 } next)
        {
            List<ContentVector> made = Embed(next, failures);
            embedded.AddRange(made);
            done.UnionWith(made.Select(static each => each.Content));
        }

        KnownFile[] known = [.. read.Select(file => failures.Outcome(file))];
        _store.Add(known, [.. written, .. embedded]);
        _contents.UnionWith(written.Select(static each => each.Content));
        Count(read, embedded, gone);
        foreach (KnownFile file in known.Where(static file => file.Error is not null))
        {
            _brokenCount++;
            if (!_before.TryGetValue(file.Path, out KnownFile? before) || before.IsGone || before.Error != file.Error)
            {
                _broken.Add(file.Error!);
            }
        }

        ReadFile[] Next() =>
            [
                .. unknown
                    .Where(file => !done.Contains(file.Content!.Value) && !failures.Has(file))
                    .DistinctBy(static file => file.Content),
            ];
    }

    private List<ContentVector> Embed(ReadFile[] read, Failures failures)
    {
        IEnumerable<EmbeddedImage> images = index.Embedder.EmbedImages(
            read.Select(static file => KnownFile.SourceOf(file.Known.Path)),
            index.IsOriented,
            cache,
            cancellationToken
        );
        List<ContentVector> embedded = [];
        foreach ((ReadFile file, EmbeddedImage image) in read.Zip(images))
        {
            // Read a second time: what was written in between is another content, which has a vector of its own.
            if (image.FileHash is { } hash && hash != Convert.ToHexStringLower(file.Known.Hash!))
            {
                failures.OfFile(file, $"{file.Known.Path} changed while it was read; the next update reads it again.");
            }
            else if (image.Vector is { } vector)
            {
                embedded.Add(new(file.Content!.Value, vector));
            }
            else if (image.FileHash is null)
            {
                failures.OfFile(file, image.Error!);
            }
            else
            {
                failures.OfContent(file, image.Error!);
            }
        }

        return embedded;
    }

    private void Count(ReadFile[] read, List<ContentVector> embedded, HashSet<ContentHash> left)
    {
        foreach (ContentHash content in read.Select(static file => file.Content).OfType<ContentHash>())
        {
            if (!_contents.Contains(content))
            {
                continue;
            }

            _reused++;
            _moved += left.Remove(content) ? 1 : 0;
        }

        _embedded += embedded.Count;
        _contents.UnionWith(embedded.Select(static each => each.Content));
    }

    private ReadFile Read(FileInfo file)
    {
        try
        {
            // Size and time before the bytes: what is written in between is read by the next update.
            FileInfo linked = LinkedFile.Of(file.FullName);
            linked.Refresh();
            byte[] bytes = KnownFile.SourceOf(file.FullName).Read(cancellationToken);
            ImageMetadata metadata = ImageMetadata.Read(bytes, file.FullName, cancellationToken);
            return new(
                file,
                new(file.FullName, linked.Length, linked.LastWriteTimeUtc.Ticks, SHA256.HashData(bytes), null)
                {
                    Metadata = metadata,
                }
            );
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return new(file, new(file.FullName, 0, 0, null, exception.Message));
        }
    }

    /// <summary>What could not be embedded: a content, in whatever file, or one file by itself.</summary>
    private sealed class Failures
    {
        private readonly Dictionary<ContentHash, (string Path, string Sentence)> _contents = [];
        private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

        /// <summary>A content that cannot be embedded, and could not another time.</summary>
        /// <param name="file">A file that has it.</param>
        /// <param name="sentence">Why, in a sentence that names the file.</param>
        public void OfContent(ReadFile file, string sentence) => _contents.Add(file.Content!.Value, (file.Known.Path, sentence));

        /// <summary>A file that was another one when it was read again, or was not there.</summary>
        public void OfFile(ReadFile file, string sentence) => _files.Add(file.Known.Path, sentence);

        public bool Has(ReadFile file) => _files.ContainsKey(file.Known.Path) || _contents.ContainsKey(file.Content!.Value);

        /// <summary>What is known of a file; each is told by its own name.</summary>
        public KnownFile Outcome(ReadFile file) =>
            _files.TryGetValue(file.Known.Path, out string? own) ? new(file.Known.Path, 0, 0, null, own)
            : file.Content is { } content && _contents.TryGetValue(content, out (string Path, string Sentence) found)
                ? file.Known with
                {
                    Error = found.Sentence.Replace(found.Path, file.Known.Path, StringComparison.Ordinal),
                }
            : file.Known;
    }

    /// <summary>A file that was read.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Known">What is known of it.</param>
    private sealed record ReadFile(FileInfo File, KnownFile Known)
    {
        /// <summary>Its content; null where it could not be read.</summary>
        public ContentHash? Content { get; } = Known.Hash is { } hash ? new ContentHash(hash) : null;
    }
}
