using NetVips;

namespace Cupola.Images;

/// <summary>
/// Finds the reason why an image cannot be decoded. libvips has one error buffer for all threads, and it also keeps warnings
/// about good images; so an image that failed is decoded once more while no other is, and the buffer then contains its reason.
/// Failures are rare.
/// </summary>
internal static class VipsErrors
{
    /// <summary>Messages that only follow from a failure, or come from attempts before it.</summary>
    private static readonly string[] OfLibvips = ["unable to", "bad seek", "out of order read"];

    private static readonly ReaderWriterLockSlim Decoding = new();

    /// <summary>Runs work in parallel with other work; if it fails, runs it again alone.</summary>
    /// <param name="file">The image.</param>
    /// <param name="work">Receives whether it is run again; a failed stream cannot be read further.</param>
    /// <exception cref="InvalidDataException">It fails alone as well.</exception>
    public static T Run<T>(EncodedImage file, Func<bool, T> work)
    {
        Decoding.EnterReadLock();
        try
        {
            return work(false);
        }
        catch (VipsException)
        {
            // Reported below, with its own reason.
        }
        finally
        {
            Decoding.ExitReadLock();
        }

        Decoding.EnterWriteLock();
        try
        {
            // Creating an exception takes the content of the buffer and empties it.
            _ = new VipsException("");
            return work(true);
        }
        catch (VipsException exception)
        {
            throw file.Damaged(Reason(exception), exception);
        }
        finally
        {
            Decoding.ExitWriteLock();
        }
    }

    /// <summary>
    /// The last message of a decoder, without the decoder's name; libvips's own additions are never the reason.
    /// </summary>
    private static string Reason(VipsException exception)
    {
        string? line = exception
            .Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(static line =>
                line.Contains(": ", StringComparison.Ordinal)
                && !OfLibvips.Any(words => line.Contains(words, StringComparison.Ordinal))
            );
        return line is null
            ? "its content cannot be decoded"
            : line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.', ' ');
    }
}
