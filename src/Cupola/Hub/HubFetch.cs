namespace Cupola.Hub;

/// <summary>
/// Downloads one commit of a model into its snapshot: first the small files that decide which weights are needed, then the
/// missing files, weights last.
/// </summary>
internal sealed class HubFetch(HubRepository repository, HubDownload download, HubListing listing, HubSnapshot snapshot)
{
    /// <summary>The files of the one set of weights that is needed.</summary>
    public async Task<IReadOnlyList<string>> ChooseWeightsAsync(CancellationToken cancellationToken)
    {
        bool isTransformersClip = false;
        if (listing.Files.Contains(HubModelFiles.TransformersConfig))
        {
            await FetchFirstAsync(HubModelFiles.TransformersConfig, cancellationToken).ConfigureAwait(false);
            isTransformersClip = HubModelFiles.DescribesClip(snapshot.PathOf(HubModelFiles.TransformersConfig));
        }

        string weights = HubModelFiles.Choices(listing.Files.Contains, isTransformersClip).FirstOrDefault().Weights
            ?? throw new InvalidDataException(
                $"'{repository.Model}' has no CLIP that Cupola can read: neither a config.json of model type clip or "
                    + "siglip (NaFlex models are siglip2) nor an open_clip_config.json, with weights beside it."
            );
        if (!HubModelFiles.IsIndex(weights))
        {
            return [weights];
        }

        await FetchFirstAsync(weights, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> shards = HubModelFiles.ReadShards(snapshot.PathOf(weights));
        return shards.FirstOrDefault(shard => !listing.Files.Contains(shard)) is { } unlisted
            ? throw new InvalidDataException(
                $"The {weights} of '{repository.Model}' names {HubJson.Quote(unlisted)}, which the repository does not have."
            )
            : shards;
    }

    /// <summary>Downloads the weights and every other file that a CLIP needs, unless they are already present.</summary>
    public async Task FetchMissingAsync(
        IReadOnlyList<string> weights,
        IProgress<HubProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        List<HubFile> missing = [];
        foreach (
            string file in HubModelFiles
                .Descriptions.Where(listing.Files.Contains)
                .Concat(weights)
                .Where(file => !snapshot.Has(file))
        )
        {
            missing.Add(await repository.DescribeAsync(listing.Commit, file, cancellationToken).ConfigureAwait(false));
        }

        long total = missing.Sum(file => file.Size ?? 0);
        long done = 0;
        foreach (HubFile file in missing)
        {
            FileProgress? ofFile = progress is null ? null : new(progress, file.Name, done, total);
            await download.FetchAsync(listing.Commit, file, ofFile, cancellationToken).ConfigureAwait(false);
            done += file.Size ?? 0;
        }

        foreach (string absent in HubModelFiles.Descriptions.Where(file => !listing.Files.Contains(file)))
        {
            snapshot.MarkAbsent(absent);
        }
    }

    private async Task FetchFirstAsync(string file, CancellationToken cancellationToken)
    {
        if (!snapshot.Has(file))
        {
            HubFile described = await repository.DescribeAsync(listing.Commit, file, cancellationToken).ConfigureAwait(false);
            await download.FetchAsync(listing.Commit, described, progress: null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds the bytes of one file to those of the files before it.</summary>
    private sealed class FileProgress(IProgress<HubProgress> progress, string name, long before, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new(name, before + value, total));
    }
}
