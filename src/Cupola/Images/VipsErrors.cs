using NetVips;

namespace Cupola.Images;

/// <summary>
/// Keeps the reason of a broken image its own. libvips has one buffer of errors for all threads, and remarks on sound images
/// stay in it; so an image that failed is decoded once more while no other is, and what the buffer then holds is its reason.
/// Failures are rare.
/// </summary>
internal static class VipsErrors
{
    /// <summary>What follows from a failure, or was tried on the way to it.</summary>
    private static readonly string[] OfLibvips = ["unable to", "bad seek", "out of order read"];

    private static readonly ReaderWriterLockSlim Decoding = new();

    /// <summary>Does work beside that of others; where it fails, does it again alone.</summary>
    /// <param name="file">The image that it is about.</param>
    /// <param name="work">Is told whether it is done again; what failed cannot be read on.</param>
    /// <exception cref="InvalidDataException">It fails alone too.</exception>
    public static T Run<T>(EncodedImage file, Func<bool, T> work)
    {
        Decoding.EnterReadLock();
        try
        {
            return work(false);
        }
        catch (VipsException)
        {
            // Told below, by its own words.
        }
        finally
        {
            Decoding.ExitReadLock();
        }

        Decoding.EnterWriteLock();
        try
        {
            // An exception takes what the buffer holds, and leaves it empty.
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

    /// <summary>The last thing that a decoder says, without its name; what libvips adds of its own is never the reason.</summary>
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
