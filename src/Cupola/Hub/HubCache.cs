using Cupola.Files;

namespace Cupola.Hub;

/// <summary>
/// The Hugging Face cache on disk: <c>models--owner--name/</c> contains the bytes as <c>blobs/HASH</c>, the commit that a branch
/// or tag last referred to as <c>refs/REVISION</c>, and each commit as <c>snapshots/COMMIT/FILE</c>, a relative link to its blob.
/// <c>.no_exist/COMMIT/FILE</c> records that a commit has no such file. Described in huggingface_hub's guide "Understand
/// caching"; its Python and JavaScript libraries read and write the same folders.
/// </summary>
internal sealed class HubCache(string folder, bool symbolicLinks)
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    public string Folder => folder;

    public HubSnapshot Snapshot(HubModelName model, string commit) => new(ModelFolder(model), commit);

    /// <summary>The commit that the revision last referred to, or null.</summary>
    public string? ReadReference(HubModelName model)
    {
        if (model.IsCommit)
        {
            return model.Revision;
        }

        string path = ReferenceFile(model);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubModelName.IsHash(commit) ? commit : null;
    }

    public void WriteReference(HubModelName model, string commit)
    {
        if (model.IsCommit)
        {
            return;
        }

        string path = ReferenceFile(model);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(beside, commit);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Every commit of every model, each with the first branch or tag that refers to it, or else its hash.</summary>
    public IEnumerable<(HubModelName Model, string Commit)> Commits()
    {
        foreach (string modelFolder in Subfolders(folder))
        {
            if (HubModelName.FromFolderName(Path.GetFileName(modelFolder)) is not { } model)
            {
                continue;
            }

            string references = Path.Combine(modelFolder, "refs");
            HubModelName[] named =
            [
                .. (Directory.Exists(references) ? Directory.EnumerateFiles(references, "*", SearchOption.AllDirectories) : [])
                    .Select(path => model with { Revision = Path.GetRelativePath(references, path).Replace('\\', '/') })
                    .OrderByDescending(reference => reference.Revision == HubModelName.MainRevision)
                    .ThenBy(reference => reference.Revision, StringComparer.Ordinal),
            ];
            foreach (
                string commit in Subfolders(Path.Combine(modelFolder, "snapshots"))
                    .Select(path => Path.GetFileName(path))
                    .Where(HubModelName.IsHash)
            )
            {
                yield return (
                    named.FirstOrDefault(reference => ReadReference(reference) == commit) ?? model with { Revision = commit },
                    commit
                );
            }
        }
    }

    public string BlobFile(HubModelName model, string hash) => Path.Combine(ModelFolder(model), "blobs", hash);

    /// <summary>
    /// Prevents every other download of this blob until disposed, by this process and by others: huggingface_hub locks the same
    /// file (flock on Unix, as .NET does for <see cref="FileShare.None"/>).
    /// </summary>
    public async Task<FileStream> LockAsync(HubModelName model, string hash, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, ".locks", model.FolderName, $"{hash}.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            if (FileLock.TryOpen(path) is { } held)
            {
                return held;
            }

            await Task.Delay(LockPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a blob to a commit's snapshot as a link, or, if links are not possible, as the file itself.</summary>
    public void Link(HubModelName model, string commit, HubFile file)
    {
        string blob = BlobFile(model, file.Hash);
        string path = Snapshot(model, commit).PathOf(file.Name);
        string snapshot = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(snapshot);
        File.Delete(path);
        try
        {
            if (symbolicLinks)
            {
                File.CreateSymbolicLink(path, Path.GetRelativePath(snapshot, blob));
                return;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Windows lets only some accounts create links, and some file systems have none.
        }

        File.Move(blob, path, overwrite: true);
    }

    private string ModelFolder(HubModelName model) => Path.Combine(folder, model.FolderName);

    private string ReferenceFile(HubModelName model) => Path.Combine([ModelFolder(model), "refs", .. model.Revision.Split('/')]);

    private static string[] Subfolders(string path) => Directory.Exists(path) ? Directory.GetDirectories(path) : [];
}
