using System.Globalization;
using Cupola.Retrieval;
using Microsoft.Extensions.VectorData;

namespace Cupola;

/// <summary>
/// An image of an <see cref="ImageIndex"/> as a record of Microsoft.Extensions.VectorData: what stores of vectors keep of it.
/// </summary>
public sealed class IndexedImage
{
    /// <summary>Its number in the index: the key.</summary>
    public long Number { get; set; }

    /// <summary>Its full path.</summary>
    public string Path { get; set; } = "";

    /// <summary>Bytes of its file.</summary>
    public long Size { get; set; }

    /// <summary>When it was taken, in the camera's time with an offset of zero; null where it does not say.</summary>
    public DateTimeOffset? Taken { get; set; }

    /// <summary>The camera's maker and model.</summary>
    public string? Camera { get; set; }

    /// <summary>Degrees north.</summary>
    public double? Latitude { get; set; }

    /// <summary>Degrees east.</summary>
    public double? Longitude { get; set; }

    /// <summary>Its unit vector, [dimension]; empty where it was not asked for.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>What a store must know of the record.</summary>
    internal static VectorStoreCollectionDefinition Define(int dimension) =>
        new()
        {
            Properties =
            [
                new VectorStoreKeyProperty(nameof(Number), typeof(long)),
                new VectorStoreDataProperty(nameof(Path), typeof(string)) { IsIndexed = true },
                new VectorStoreDataProperty(nameof(Size), typeof(long)),
                new VectorStoreDataProperty(nameof(Taken), typeof(DateTimeOffset?)) { IsIndexed = true },
                new VectorStoreDataProperty(nameof(Camera), typeof(string)) { IsIndexed = true },
                new VectorStoreDataProperty(nameof(Latitude), typeof(double?)),
                new VectorStoreDataProperty(nameof(Longitude), typeof(double?)),
                new VectorStoreVectorProperty(nameof(Vector), typeof(ReadOnlyMemory<float>), dimension)
                {
                    DistanceFunction = DistanceFunction.CosineSimilarity,
                },
            ],
        };

    /// <summary>An image of an index, with its vector if there is one.</summary>
    internal static IndexedImage Of(KnownFile file, float[]? vector) =>
        new()
        {
            Number = file.Number,
            Path = file.Path,
            Size = file.Size,
            Taken = ImageFilter.TakenAt(file) is { } taken ? new DateTimeOffset(taken, TimeSpan.Zero) : null,
            Camera = file.Metadata.Camera,
            Latitude = file.Metadata.Latitude,
            Longitude = file.Metadata.Longitude,
            Vector = vector,
        };

    /// <summary>The image as an index knows it.</summary>
    internal KnownFile ToFile() =>
        new(Path, Size, 0, null, null)
        {
            Number = Number,
            Metadata = new(Taken?.DateTime.ToString("s", CultureInfo.InvariantCulture), Camera, Latitude, Longitude, null),
        };
}
