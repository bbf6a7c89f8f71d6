using System.Text.Json;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>
/// A folder of outputs, one a shard, and their list (shards.json): which shards there are, in which order, and what made them.
/// Several processes write into it at once, on one machine or on several.
/// </summary>
internal sealed class ShardFolder
{
    private const string ListName = "shards.json";

    private static readonly TimeSpan LeftAfter = TimeSpan.FromHours(1);

    private bool _isRidOfLeft;

    private ShardFolder(string path, ShardSettings settings, IReadOnlyList<Shard> shards) =>
        (Path, Settings, Shards) = (path, settings, shards);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What made the embeddings.</summary>
    public ShardSettings Settings { get; }

    /// <summary>All shards, in order.</summary>
    public IReadOnlyList<Shard> Shards { get; }

    /// <summary>Whether a folder holds outputs of shards.</summary>
    public static bool IsOne(string path) => File.Exists(System.IO.Path.Combine(path, ListName));

    /// <summary>Opens a folder to write into. It is made, with its list, if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="settings">What makes the embeddings.</param>
    /// <param name="shards">All shards. A list that was there before may become longer.</param>
    /// <param name="cancellationToken">Stops while a shard is compared.</param>
    /// <exception cref="InvalidDataException">
    /// It holds outputs of other shards or of another model, or files that an output would overwrite.
    /// </exception>
    public static ShardFolder Create(
        string path,
        ShardSettings settings,
        IReadOnlyList<Shard> shards,
        CancellationToken cancellationToken
    )
    {
        if (File.Exists(path))
        {
            throw new InvalidDataException($"{path} is a file, and outputs of shards need a folder.");
        }

        Directory.CreateDirectory(path);
        ShardFolder folder = new(path, settings, shards);
        ShardFolder? before = IsOne(path) ? Open(path) : folder.WriteNewList();
        if (before is null)
        {
            return folder;
        }

        string[] known = [.. before.Shards.Select(static shard => shard.Name)],
            named = [.. shards.Select(static shard => shard.Name)];
        if (settings.DifferenceOf(before.Settings) is { } difference)
        {
            throw new InvalidDataException($"{path} {difference}; name another folder.");
        }

        folder.CheckShards(cancellationToken);
        if (known.SequenceEqual(named, StringComparer.Ordinal))
        {
            return folder;
        }

        HashSet<string> all = new(named, StringComparer.Ordinal);
        if (Array.Find(known, name => !all.Contains(name)) is { } left)
        {
            throw new InvalidDataException(
                Invariant($"{path} holds the outputs of {known.Length} shards, and {left} is not among the {named.Length} named ")
                    + $"now; name all of them each time, or another folder, or delete {before.ListPath} to give that list up."
            );
        }

        folder.CheckFree(shards.Where(shard => Array.IndexOf(known, shard.Name) < 0));
        folder.WriteList(overwrite: true);
        return folder;
    }

    /// <summary>Opens a folder to read from.</summary>
    /// <exception cref="FileNotFoundException">It holds no list of shards.</exception>
    /// <exception cref="InvalidDataException">The list cannot be read.</exception>
    public static ShardFolder Open(string path)
    {
        string list = System.IO.Path.Combine(path, ListName);
        if (!File.Exists(list))
        {
            throw new FileNotFoundException($"{path} holds no outputs of shards: there is no {ListName} in it.");
        }

        JsonElement fields = ShardJson.Read(list);
        Shard[] shards =
        [
            .. ShardJson
                .List(fields, "shards")
                .Select(static each => new Shard(
                    ShardJson.Text(each, "shard") ?? "",
                    // What names a file must not lead out of the folder.
                    System.IO.Path.GetFileName(ShardJson.Text(each, "output") ?? "")
                )),
        ];
        return ShardSettings.Read(fields) is { } settings && Array.TrueForAll(shards, static shard => shard.Name.Length > 0)
            ? new(path, settings, shards)
            : throw new InvalidDataException($"{list} is not a list of shards; delete it, and embed again.");
    }

    /// <summary>A shard's array.</summary>
    public string ArrayOf(Shard shard) => System.IO.Path.Combine(Path, shard.Name + ".npy");

    /// <summary>The names beside it.</summary>
    public string NamesOf(Shard shard) => System.IO.Path.Combine(Path, shard.Name + ".txt");

    /// <summary>What is said of it.</summary>
    public string ManifestOf(Shard shard) => System.IO.Path.Combine(Path, shard.Name + ".json");

    /// <summary>
    /// What is said of a shard that is done: its output is there with the bytes that the manifest says, and the shard's file is
    /// untouched, or has the same bytes, wherever it lies by now.
    /// </summary>
    /// <returns>Null where it is to be embedded.</returns>
    /// <exception cref="InvalidDataException">Its output was made by another model, or is that of another shard.</exception>
    public ShardManifest? FindDone(Shard shard, CancellationToken cancellationToken)
    {
        if (ShardManifest.Read(ManifestOf(shard)) is not { } manifest)
        {
            return null;
        }

        // What is another shard's is not overwritten, harmed or not.
        bool isOfShard = IsOf(shard, manifest, cancellationToken);
        if (!IsWhole(shard, manifest, cancellationToken))
        {
            return null;
        }

        if (Settings.DifferenceOf(manifest.Settings) is { } difference)
        {
            throw new InvalidDataException($"{ArrayOf(shard)} {difference}; name another folder, or delete it.");
        }

        return isOfShard ? manifest : null;
    }

    /// <summary>Whether a shard's files are those of which its manifest speaks.</summary>
    public bool IsWhole(Shard shard, ShardManifest manifest, CancellationToken cancellationToken) =>
        manifest.Array.IsOf(ArrayOf(shard), cancellationToken) && manifest.Names.IsOf(NamesOf(shard), cancellationToken);

    /// <summary>The arrays that are there with their manifests.</summary>
    public IEnumerable<string> Outputs =>
        Shards.Where(shard => File.Exists(ManifestOf(shard)) && File.Exists(ArrayOf(shard))).Select(ArrayOf);

    /// <summary>Removes, once, what killed processes have not written to for an hour.</summary>
    /// <param name="now">By the folder's clock.</param>
    public void RemoveLeft(DateTime now)
    {
        if (_isRidOfLeft)
        {
            return;
        }

        _isRidOfLeft = true;
        HashSet<string> names = new(Shards.Select(static shard => shard.Name), StringComparer.Ordinal)
        {
            System.IO.Path.GetFileNameWithoutExtension(ListName),
        };
        foreach (string path in Directory.EnumerateFiles(Path, "*" + AtomicFile.Unfinished))
        {
            // NAME.npy.12345678.unfinished
            string written = System.IO.Path.ChangeExtension(System.IO.Path.ChangeExtension(path, null), null);
            if (
                names.Contains(System.IO.Path.GetFileNameWithoutExtension(written))
                && now - File.GetLastWriteTimeUtc(path) > LeftAfter
            )
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The list.</summary>
    public string ListPath => System.IO.Path.Combine(Path, ListName);

    private byte[] List() =>
        ShardJson.Write(json =>
        {
            Settings.WriteTo(json);
            json.WriteStartArray("shards");
            foreach (Shard shard in Shards)
            {
                json.WriteStartObject();
                json.WriteString("shard", shard.Path);
                json.WriteString("output", shard.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    /// <summary>Writes the list where there is none yet.</summary>
    /// <returns>The list of a process that was faster, or null.</returns>
    private ShardFolder? WriteNewList()
    {
        try
        {
            CheckFree(Shards);
        }
        catch (InvalidDataException) when (IsOne(Path))
        {
            return Open(Path);
        }

        try
        {
            WriteList(overwrite: false);
            return null;
        }
        catch (IOException) when (File.Exists(ListPath))
        {
            return Open(Path);
        }
    }

    /// <summary>Writes the list under a name of its own first: all processes of a job may start at the same moment.</summary>
    private void WriteList(bool overwrite)
    {
        string unfinished = $"{ListPath}.{Guid.NewGuid():N}{AtomicFile.Unfinished}";
        try
        {
            File.WriteAllBytes(unfinished, List());
            File.Move(unfinished, ListPath, overwrite);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>
    /// Checks that the outputs which are there are those of these shards, by the first of them: it tells shards that were moved
    /// from others of the same names before anything is written. The rest are compared in their turn.
    /// </summary>
    private void CheckShards(CancellationToken cancellationToken)
    {
        HashSet<string> outputs = new(
            Shards.Select(NamesOf).Select(System.IO.Path.GetFullPath),
            StringComparer.OrdinalIgnoreCase
        );
        if (Shards.FirstOrDefault(shard => outputs.Contains(System.IO.Path.GetFullPath(shard.Path))) is { } output)
        {
            throw new InvalidDataException($"{output.Path} would be overwritten by an output; name another folder.");
        }

        if (
            Shards.FirstOrDefault(shard => File.Exists(ManifestOf(shard))) is { } first
            && ShardManifest.Read(ManifestOf(first)) is { } manifest
        )
        {
            IsOf(first, manifest, cancellationToken);
        }
    }

    /// <summary>Whether an output was made of a shard's file as it is now.</summary>
    /// <exception cref="InvalidDataException">It was made of another shard.</exception>
    private bool IsOf(Shard shard, ShardManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            if (
                manifest.Source.IsSameAs(shard.Path, cancellationToken)
                && !HasOtherImages(shard, manifest.Source, cancellationToken)
            )
            {
                return true;
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Whoever embeds it says so.
            return false;
        }

        return !manifest.Source.IsAt(shard.Path) && File.Exists(shard.Path)
            ? throw new InvalidDataException(
                $"{Path} holds the outputs of {manifest.Source.Path}, and {System.IO.Path.GetFullPath(shard.Path)} is another "
                    + $"shard; name another folder, or delete {ManifestOf(shard)} to embed it here."
            )
            : false;
    }

    /// <summary>Whether a list or table has the bytes of another, in another folder, with other images.</summary>
    private bool HasOtherImages(Shard shard, ShardSource source, CancellationToken cancellationToken) =>
        Settings.Content == ShardContent.Images
        && !shard.IsArchive
        && !source.IsAt(shard.Path)
        && File.Exists(source.Path)
        && File.Exists(NamesOf(shard))
        && ImagesOfLists.Differ(source.Path, File.ReadLines(NamesOf(shard)), shard.Path, cancellationToken);

    /// <summary>Checks that outputs overwrite nothing that was there before them, the lists that are read among it.</summary>
    private void CheckFree(IEnumerable<Shard> shards)
    {
        foreach (Shard shard in shards)
        {
            if (new[] { ArrayOf(shard), NamesOf(shard), ManifestOf(shard) }.FirstOrDefault(File.Exists) is { } taken)
            {
                throw new InvalidDataException($"{taken} is there already and is no output of shards; name another folder.");
            }
        }

        if (Shards.FirstOrDefault(static shard => shard.Name.Equals("shards", StringComparison.OrdinalIgnoreCase)) is { } same)
        {
            throw new InvalidDataException($"The output of {same.Path} would have the name of the list; rename the shard.");
        }
    }
}
