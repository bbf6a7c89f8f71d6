using System.Collections.Concurrent;
using System.Globalization;
using Cupola.Images;
using Cupola.Retrieval;

namespace Cupola.Server.Search;

/// <summary>The width and height of the index's images as they are seen, from the beginnings of their files.</summary>
internal sealed class ImageSizes
{
    /// <summary>How far into a file its size stands, in nearly every image; EXIF and color profiles come before it.</summary>
    private const int Beginning = 256 << 10;

    /// <summary>The sizes that are remembered.</summary>
    private const int Kept = 200_000;

    private readonly ConcurrentDictionary<(long Number, long Changed), (int Width, int Height)?> _known = new();

    /// <summary>An image's size; null where its file is not there, or says it too late.</summary>
    public (int Width, int Height)? Find(KnownFile file)
    {
        if (_known.Count > Kept)
        {
            _known.Clear();
        }

        return _known.GetOrAdd((file.Number, file.Changed), _ => Read(file.Path));
    }

    private static (int Width, int Height)? Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] bytes = new byte[(int)Math.Min(Beginning, stream.Length)];
            stream.ReadExactly(bytes);
            IReadOnlyDictionary<string, string> fields = VipsDecoder.ReadFields(new(bytes, path, CancellationToken.None));
            int width = Number(fields, "width"),
                height = Number(fields, "height");
            return width <= 0 || height <= 0 ? null
                : Number(fields, "orientation") >= 5 ? (height, width)
                : (width, height);
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            return null;
        }
    }

    private static int Number(IReadOnlyDictionary<string, string> fields, string name) =>
        int.TryParse(fields.GetValueOrDefault(name), CultureInfo.InvariantCulture, out int number) ? number : 0;
}
