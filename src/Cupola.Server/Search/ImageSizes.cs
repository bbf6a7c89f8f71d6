using System.Collections.Concurrent;
using System.Globalization;
using Cupola.Images;
using Cupola.Retrieval;

namespace Cupola.Server.Search;

/// <summary>The width and height of the index's images as they are seen, from the beginnings of their files.</summary>
internal sealed class ImageSizes(ServedIndex index)
{
    /// <summary>How far into a file its size stands, in nearly every image; EXIF and color profiles come before it.</summary>
    private const int Beginning = 256 << 10;

    /// <summary>The sizes that are remembered.</summary>
    private const int Kept = 200_000;

    private readonly ConcurrentDictionary<(long Number, long Changed), (int Width, int Height)?> _known = new();

    /// <summary>The images' sizes; null where a file is not there, or says it too late.</summary>
    public async Task<(int Width, int Height)?[]> FindAsync(IReadOnlyList<KnownFile> files, CancellationToken cancellationToken)
    {
        if (_known.Count > Kept)
        {
            _known.Clear();
        }

        if (files.All(file => _known.ContainsKey(Key(file))))
        {
            return [.. files.Select(file => _known.GetValueOrDefault(Key(file)))];
        }

        IndexedFolders folders = new((await index.DescribeAsync(cancellationToken)).Roots);
        return await Task.Run(() => files.Select(file => Find(file, folders, cancellationToken)).ToArray(), cancellationToken);
    }

    private static (long Number, long Changed) Key(KnownFile file) => (file.Number, file.Changed);

    private (int Width, int Height)? Find(KnownFile file, IndexedFolders folders, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_known.TryGetValue(Key(file), out (int Width, int Height)? known))
        {
            return known;
        }

        try
        {
            if (folders.Locate(file.Path) is not { } path)
            {
                return null;
            }

            (int Width, int Height)? size = Read(path, cancellationToken);
            FileInfo there = new(path);
            // One that was written since may be written again without the index's knowledge.
            if (there.Length == file.Size && there.LastWriteTimeUtc.Ticks == file.Changed)
            {
                _known.TryAdd(Key(file), size);
            }

            return size;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (int Width, int Height)? Read(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[(int)Math.Min(Beginning, stream.Length)];
        stream.ReadExactly(bytes);
        try
        {
            IReadOnlyDictionary<string, string> fields = VipsDecoder.ReadFields(new(bytes, path, cancellationToken));
            int width = Number(fields, "width"),
                height = Number(fields, "height");
            return width <= 0 || height <= 0 ? null
                : Number(fields, "orientation") >= 5 ? (height, width)
                : (width, height);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static int Number(IReadOnlyDictionary<string, string> fields, string name) =>
        int.TryParse(fields.GetValueOrDefault(name), CultureInfo.InvariantCulture, out int number) ? number : 0;
}
