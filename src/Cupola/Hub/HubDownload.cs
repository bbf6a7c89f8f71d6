using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using static System.FormattableString;

namespace Cupola.Hub;

/// <summary>
/// Downloads blobs into the cache. Bytes go to <c>blobs/HASH.incomplete</c>, which survives a broken connection, a cancellation
/// and a crash, and from which the download is resumed; only bytes of the declared length and hash become the blob.
/// </summary>
internal sealed class HubDownload(HubConnection connection, HubCache cache, HubModelName model)
{
    /// <summary>
    /// Downloads a file into the commit's snapshot; <paramref name="progress"/> receives the number of its bytes on disk.
    /// </summary>
    public async Task FetchAsync(string commit, HubFile file, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        FileStream held = await cache.LockAsync(model, file.Hash, cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            // Another process may have downloaded it while this one waited.
            if (cache.Snapshot(model, commit).Has(file.Name))
            {
                return;
            }

            string blob = cache.BlobFile(model, file.Hash);
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            if (!File.Exists(blob) || (file.Size is { } size && new FileInfo(blob).Length != size))
            {
                await DownloadAsync(file, blob, progress, cancellationToken).ConfigureAwait(false);
            }

            cache.Link(model, commit, file);
        }
    }

    private async Task DownloadAsync(HubFile file, string blob, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        string incomplete = blob + ".incomplete";
        RequireSpace(file, incomplete);
        try
        {
            await connection
                .RetryAsync(token => ContinueAsync(file, incomplete, progress, token), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            File.Delete(incomplete);
            throw;
        }

        if (!await file.IsAtAsync(incomplete, cancellationToken).ConfigureAwait(false))
        {
            File.Delete(incomplete);
            throw new InvalidDataException(
                $"The bytes received as {What(file)} do not have the hash that the hub declares and were deleted; another "
                    + "download gets the file again."
            );
        }

        File.Move(incomplete, blob, overwrite: true);
    }

    private async Task ContinueAsync(
        HubFile file,
        string incomplete,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        FileStream target = new(incomplete, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        await using (target.ConfigureAwait(false))
        {
            long have = target.Length <= file.Size ? target.Length : 0;
            target.SetLength(have);
            progress?.Report(have);
            if (have == file.Size)
            {
                return;
            }

            using HttpResponseMessage response = await connection
                .SendAsync(HttpMethod.Get, file.Address, What(file), have, null, cancellationToken)
                .ConfigureAwait(false);
            have = Start(response, file, have, target);
            target.Seek(have, SeekOrigin.Begin);
            Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                await CopyAsync(body, target, file, have, progress, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The offset in the file at which the body of an answer begins.</summary>
    private static long Start(HttpResponseMessage response, HubFile file, long have, FileStream target)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        bool continues =
            response.StatusCode == HttpStatusCode.PartialContent
            && have > 0
            && range is { Unit: "bytes" }
            && range.From == have
            && (range.Length ?? file.Size) == file.Size;
        if (!continues)
        {
            target.SetLength(0);
            have = 0;
        }

        if (!continues && response.StatusCode != HttpStatusCode.OK)
        {
            throw HubConnection.Broken(
                Invariant(
                    $"The hub answers a request for the rest of {file.Name} with something else ({(int)response.StatusCode})."
                )
            );
        }

        return response.Content.Headers.ContentLength is { } length && file.Size is { } size && length != size - have
            ? throw new InvalidDataException(
                Invariant($"The hub declares {size} bytes for {file.Name} and then sends {have + length}.")
            )
            : have;
    }

    /// <summary>Appends a body to the file, but never a byte more than the file should have.</summary>
    internal async Task CopyAsync(
        Stream body,
        Stream target,
        HubFile file,
        long have,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        byte[] buffer = new byte[1 << 17];
        long limit = file.Size ?? HubJson.SizeLimit;
        while (await connection.ReadAsync(body, buffer, What(file), cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            if (count > limit - have)
            {
                throw new InvalidDataException(
                    Invariant($"The hub sends more than the {limit} bytes that {What(file)} may have.")
                );
            }

            try
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException problem)
            {
                throw new IOException(
                    $"{What(file)} cannot be written to '{cache.Folder}' ({problem.Message}); free some space, or name another "
                        + "folder in HF_HUB_CACHE.",
                    problem
                );
            }

            have += count;
            progress?.Report(have);
        }

        if (have < file.Size)
        {
            throw HubConnection.Broken(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The hub sent only {have} of the {file.Size} bytes of {What(file)}; they are kept, so another run resumes "
                        + $"there."
                )
            );
        }
    }

    private void RequireSpace(HubFile file, string incomplete)
    {
        long missing = (file.Size ?? 0) - (File.Exists(incomplete) ? new FileInfo(incomplete).Length : 0);
        if (FreeSpace(cache.Folder) is { } free && missing > free)
        {
            throw new IOException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{What(file)} needs {missing} bytes and the disk of '{cache.Folder}' has {free}; free some space, or "
                        + $"name another folder in HF_HUB_CACHE."
                )
            );
        }
    }

    private static long? FreeSpace(string folder)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            return null; // A Windows network folder has no drive letter to query.
        }
    }

    private string What(HubFile file) => $"{file.Name} of '{model}'";
}
