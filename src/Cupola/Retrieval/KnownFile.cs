using Cupola.Images;

namespace Cupola.Retrieval;

/// <summary>What is known of an image's file.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Changed">When it was last written, in ticks of universal time.</param>
/// <param name="Hash">SHA-256 of its bytes; null where it could not be read.</param>
/// <param name="Error">Why it cannot be decoded, in a sentence; null where it can.</param>
internal sealed record KnownFile(string Path, long Size, long Changed, byte[]? Hash, string? Error)
{
    /// <summary>What its metadata says.</summary>
    public ImageMetadata Metadata { get; init; } = ImageMetadata.None;

    /// <summary>Whether it was not there when its folder was last looked at.</summary>
    public bool IsGone { get; init; }

    /// <summary>Its number in the index, which it keeps; 0 where it has none yet.</summary>
    public long Number { get; init; }

    /// <summary>Reads what lies at an indexed path now: a pipe or a device that took the image's place is not opened.</summary>
    /// <param name="path">The path.</param>
    public static ImageSource SourceOf(string path) =>
        new(path, _ =>
            LinkedFile.IsEndless(path)
                ? throw new InvalidDataException($"{path} is a pipe, a socket or a device, and no image's file.")
                : ImageDecoder.ReadFile(path)
        );
}
