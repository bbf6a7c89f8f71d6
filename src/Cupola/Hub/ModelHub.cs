using Cupola.Hub;

namespace Cupola;

/// <summary>
/// Finds CLIP checkpoints by name, <c>owner/name</c> or <c>owner/name@revision</c>, in the Hugging Face cache, and downloads
/// missing files from the hub. The cache is shared with Python's libraries in both directions. Only what a CLIP needs is
/// downloaded: configurations, tokenizer files and one set of weights (transformers' <c>model.safetensors</c> if
/// <c>config.json</c> describes a CLIP, else open_clip's weights). A branch keeps the commit it had when it was downloaded: a
/// model that is complete in the cache costs no request.
/// </summary>
public sealed class ModelHub
{
    private readonly HubOptions _settings;
    private readonly HubCache _cache;
    private readonly HubConnection _connection;

    /// <summary>Creates a hub client with settings.</summary>
    public ModelHub(HubOptions settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _cache = new HubCache(settings.CacheFolder, settings.SymbolicLinks);
        _connection = new HubConnection(settings);
    }

    /// <summary>Whether a text has the form <c>owner/name</c> or <c>owner/name@revision</c>.</summary>
    public static bool IsName(string text) => HubModelName.TryParse(text, out _);

    /// <summary>The folder of a model in the cache that has everything a CLIP needs, or null; never uses the network.</summary>
    /// <param name="name">The model, <c>owner/name</c> or <c>owner/name@revision</c>.</param>
    /// <param name="revision">A branch, a tag or the hash of a commit; by default that of the name, or <c>main</c>.</param>
    /// <exception cref="ArgumentException">The name or the revision is malformed.</exception>
    /// <exception cref="InvalidDataException">A configuration in the cache is damaged.</exception>
    public string? FindCached(string name, string? revision = null) => FindCached(HubModelName.Parse(name, revision));

    /// <summary>Every CLIP in the cache, ordered by name.</summary>
    internal IReadOnlyList<CachedModel> List() =>
        [
            .. _cache
                .Commits()
                .Select(found => (found.Model, Snapshot: _cache.Snapshot(found.Model, found.Commit), found.Commit))
                .Where(found => IsComplete(found.Snapshot))
                .Select(found => new CachedModel(
                    $"{found.Model.Owner}/{found.Model.Name}",
                    found.Model.Revision,
                    found.Commit,
                    found.Snapshot.TotalBytes,
                    found.Snapshot.Folder
                ))
                .OrderBy(model => model.Name, StringComparer.Ordinal)
                .ThenBy(model => model.Revision, StringComparer.Ordinal),
        ];

    /// <summary>
    /// Downloads the missing files of a model and returns its folder. An interrupted download is resumed by the next call, even
    /// in another process.
    /// </summary>
    /// <param name="name">The model, <c>owner/name</c> or <c>owner/name@revision</c>.</param>
    /// <param name="revision">A branch, a tag or the hash of a commit; by default that of the name, or <c>main</c>.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Stops the download; the bytes so far are kept.</param>
    /// <exception cref="ArgumentException">The name or the revision is malformed.</exception>
    /// <exception cref="FileNotFoundException">
    /// Something is missing, and <see cref="HubOptions.Offline"/> forbids requests.
    /// </exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached, does not have the model, or refuses it.</exception>
    /// <exception cref="InvalidDataException">
    /// The repository has no CLIP, or the hub sends something other than it declares.
    /// </exception>
    /// <exception cref="IOException">The cache cannot be written, for instance because the disk is full.</exception>
    public async Task<string> DownloadAsync(
        string name,
        string? revision = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        HubModelName model = HubModelName.Parse(name, revision);
        if (FindCached(model) is { } cached)
        {
            return cached;
        }

        if (_settings.Offline)
        {
            throw new FileNotFoundException(
                $"HF_HUB_OFFLINE is set, and '{_settings.CacheFolder}' lacks {MissingOf(model)} of '{model}'; unset it once to "
                    + "download the model."
            );
        }

        HubRepository repository = new(_connection, _settings.Endpoint, model);
        HubListing listing = await repository.ListAsync(cancellationToken).ConfigureAwait(false);
        HubSnapshot snapshot = _cache.Snapshot(model, listing.Commit);
        try
        {
            HubFetch fetch = new(repository, new HubDownload(_connection, _cache, model), listing, snapshot);
            await fetch
                .FetchMissingAsync(
                    await fetch.ChooseWeightsAsync(cancellationToken).ConfigureAwait(false),
                    progress,
                    cancellationToken
                )
                .ConfigureAwait(false);
            _cache.WriteReference(model, listing.Commit);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new IOException(
                $"'{_settings.CacheFolder}' cannot be written ({problem.Message}); name another folder in HF_HUB_CACHE.",
                problem
            );
        }

        return snapshot.Folder;
    }

    private string? FindCached(HubModelName model) =>
        _cache.ReadReference(model) is { } commit
        && _cache.Snapshot(model, commit) is var snapshot
        && snapshot.Missing().Count == 0
            ? snapshot.Folder
            : null;

    private string MissingOf(HubModelName model) =>
        _cache.ReadReference(model) is { } commit ? string.Join(" and ", _cache.Snapshot(model, commit).Missing()) : "every file";

    // A damaged snapshot cannot be used; the error is reported when it is requested by name.
    private static bool IsComplete(HubSnapshot snapshot)
    {
        try
        {
            return snapshot.Missing().Count == 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
