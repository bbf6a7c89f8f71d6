namespace Cupola.Images;

/// <summary>A picture on its way to the image tower: its preprocessed bytes, or the sentence that says why there are none.</summary>
/// <param name="Path">The file or address.</param>
/// <param name="Pixels">[size, size, 3] bytes, or null.</param>
/// <param name="Error">One sentence, or null.</param>
public sealed record PreparedPicture(string Path, byte[]? Pixels, string? Error);

/// <summary>
/// Reads, decodes and preprocesses pictures ahead of whoever encodes them, in order and on bounded memory: so many
/// decoded at once as there are threads, so many prepared ahead as the caller says. A broken one never stops the rest.
/// </summary>
/// <param name="preprocessing">What happens to each picture.</param>
/// <param name="orient">Whether to turn pictures as their EXIF orientation says; the reference does not.</param>
/// <param name="threads">Pictures decoded at once.</param>
public sealed class PictureReader(ImagePreprocessing preprocessing, bool orient, int threads)
{
    /// <summary>Prepares pictures in the order of their paths.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    /// <param name="ahead">Pictures that may be prepared before they are asked for.</param>
    /// <param name="cancellation">Stops before the next picture.</param>
    public IEnumerable<PreparedPicture> Prepare(IEnumerable<string> paths, int ahead, CancellationToken cancellation = default)
    {
        using SemaphoreSlim decoders = new(threads);
        Queue<Task<PreparedPicture>> underway = new();
        using IEnumerator<string> next = paths.GetEnumerator();
        try
        {
            bool more = true;
            while (true)
            {
                while (more && underway.Count <= ahead && !cancellation.IsCancellationRequested)
                {
                    more = next.MoveNext();
                    if (more)
                    {
                        string path = next.Current;
                        underway.Enqueue(Task.Run(() => PrepareOne(path, decoders, cancellation), CancellationToken.None));
                    }
                }

                cancellation.ThrowIfCancellationRequested();
                if (underway.Count == 0)
                {
                    yield break;
                }

                yield return underway.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // Whoever stops early waits for what is being decoded, so that nothing outlives the call.
            Task.WhenAll(underway).ContinueWith(static _ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }

    private PreparedPicture PrepareOne(string path, SemaphoreSlim decoders, CancellationToken cancellation)
    {
        decoders.Wait(cancellation);
        try
        {
            using RgbImage image = PictureAddress.IsAddress(path)
                ? ImageDecoder.DecodeBytes(PictureAddress.Fetch(path, cancellation), path, orient)
                : ImageDecoder.Decode(path, orient);
            byte[] pixels = GC.AllocateUninitializedArray<byte>(preprocessing.ByteCount);
            preprocessing.Apply(image, pixels);
            return new(path, pixels, null);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new(path, null, exception.Message);
        }
        finally
        {
            decoders.Release();
        }
    }
}
