using System.Globalization;

namespace Cupola.Images;

/// <summary>What an image's own metadata says of it, as far as a search asks for it.</summary>
/// <param name="Taken">When it was taken, as <c>2021-05-03T12:00:00</c>, in the camera's time.</param>
/// <param name="Camera">The camera's maker and model.</param>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Longitude">Degrees east.</param>
/// <param name="Orientation">How it is stored (TIFF 6.0, tag 274).</param>
internal sealed record ImageMetadata(string? Taken, string? Camera, double? Latitude, double? Longitude, int? Orientation)
{
    public static ImageMetadata None { get; } = new(null, null, null, null, null);

    /// <summary>Reads the metadata of an image's file; what is not there, or makes no sense, is left out.</summary>
    public static ImageMetadata Read(byte[] file, string name, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> fields;
        if (RawPhoto.Read(file) is { } raw)
        {
            return raw.Metadata;
        }

        try
        {
            fields = VipsDecoder.ReadFields(new(file, name, cancellationToken));
        }
        catch (InvalidDataException)
        {
            return None;
        }

        string? Field(string key) => fields.TryGetValue(key, out string? text) ? Value(text) : null;
        return new(
            Date(Field("exif-ifd2-DateTimeOriginal") ?? Field("exif-ifd0-DateTime")),
            NameCamera(Field("exif-ifd0-Make"), Field("exif-ifd0-Model")),
            Degrees(Field("exif-ifd3-GPSLatitude"), Field("exif-ifd3-GPSLatitudeRef"), "S", 90),
            Degrees(Field("exif-ifd3-GPSLongitude"), Field("exif-ifd3-GPSLongitudeRef"), "W", 180),
            int.TryParse(fields.GetValueOrDefault("orientation"), CultureInfo.InvariantCulture, out int stored) ? stored : null
        );
    }

    /// <summary>libvips writes a value as "value (value, type, components, bytes)".</summary>
    private static string? Value(string text)
    {
        int end = text.LastIndexOf(" (", StringComparison.Ordinal);
        string value = (end >= 0 ? text[..end] : text).Trim().Trim('\0');
        return value.Length is > 0 and < 200 ? value : null;
    }

    /// <summary>A date as EXIF writes it, in ISO 8601; null where it is none.</summary>
    public static string? Date(string? text) =>
        DateTime.TryParseExact(text, "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date)
            ? date.ToString("s", CultureInfo.InvariantCulture)
            : null;

    /// <summary>Many models begin with their maker's name.</summary>
    public static string? NameCamera(string? maker, string? model) =>
        model is null ? maker
        : maker is null || model.StartsWith(maker.Split(' ')[0], StringComparison.OrdinalIgnoreCase) ? model
        : $"{maker} {model}";

    /// <summary>Degrees, minutes and seconds as three fractions.</summary>
    private static double? Degrees(string? text, string? reference, string negative, double most)
    {
        string[] parts = text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (parts.Length != 3)
        {
            return null;
        }

        double degrees = 0,
            unit = 1;
        foreach (string part in parts)
        {
            string[] fraction = part.Split('/');
            if (
                !double.TryParse(fraction[0], CultureInfo.InvariantCulture, out double number)
                || (fraction.Length == 2 && !double.TryParse(fraction[1], CultureInfo.InvariantCulture, out _))
            )
            {
                return null;
            }

            degrees += (fraction.Length == 2 ? number / double.Parse(fraction[1], CultureInfo.InvariantCulture) : number) / unit;
            unit *= 60;
        }

        degrees = reference == negative ? -degrees : degrees;
        return double.IsFinite(degrees) && Math.Abs(degrees) <= most ? degrees : null;
    }
}
