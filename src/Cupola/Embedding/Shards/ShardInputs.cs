using Cupola.Data;
using Cupola.Files;
using Cupola.Images;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>What a shard holds, read lazily.</summary>
/// <param name="shard">The shard.</param>
/// <param name="fetch">Whether http and https addresses in tables and lists are downloaded.</param>
/// <param name="logger">Receives a sentence for each input that cannot be used.</param>
internal sealed class ShardInputs(Shard shard, bool fetch, ILogger logger)
{
    /// <summary>The longest line of a list; no path or caption is longer.</summary>
    private const int LongestLine = 1 << 16;

    /// <summary>Its images, in order.</summary>
    /// <exception cref="InvalidDataException">It cannot be read at all, or a table has no column of images.</exception>
    public IEnumerable<ImageSource> Images()
    {
        if (shard.IsArchive)
        {
            CheckArchive();
            return ShardSample.WithImages([shard.Path], logger).Select(static sample => sample.Image!);
        }

        return shard.IsList
            ? Lines().Select(static line => line.Trim()).Where(static line => line.Length > 0).Select(Image)
            : ImageTable.OpenImages(shard.Path, fetch).Read(logger).Select(static row => row.Image);
    }

    /// <summary>
    /// Its texts, in order: of a list each line, empty ones too; of an archive each sample's txt, or "caption" of its json; of a
    /// table the column of captions. Where there are several, each is a text of its own.
    /// </summary>
    /// <exception cref="InvalidDataException">It cannot be read at all, or a table has no column of captions.</exception>
    public IEnumerable<string> Texts()
    {
        if (shard.IsArchive)
        {
            CheckArchive();
            return ShardSample.Read(shard.Path, logger).SelectMany(CaptionsOf);
        }

        return shard.IsList ? Lines() : ImageTable.OpenCaptions(shard.Path).Read(logger).SelectMany(static row => row.Texts);
    }

    private string[] CaptionsOf(ShardSample sample)
    {
        // A text that cannot be read is not replaced by another.
        string[] captions = sample.IsUnreadable("txt") ? [] : CaptionedShards.CaptionsOf(sample);
        if (captions.Length == 0)
        {
            logger.Warn($"{sample.Name} has no text: a .txt in UTF-8, or a .json with \"caption\".");
        }

        return captions;
    }

    private IEnumerable<string> Lines()
    {
        foreach ((int index, string? line) in TextLines.Read(shard.Path, LongestLine).Index())
        {
            if (line is null)
            {
                logger.Warn(
                    Invariant($"Line {index + 1} of {shard.Path} is skipped: it is longer than {LongestLine} characters.")
                );
                continue;
            }

            yield return line;
        }
    }

    /// <summary>
    /// A line's image. Paths are relative to the list, as a table's are to the table; one that is not there but in the folder in
    /// which the program was started lies where a list made there, by find or split, says.
    /// </summary>
    private ImageSource Image(string line)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(shard.Path))!;
        bool isElsewhere =
            !ImageAddress.IsAddress(line)
            && !Path.IsPathRooted(line)
            && !File.Exists(Path.Combine(folder, line))
            && File.Exists(line);
        return new TableImages(isElsewhere ? Directory.GetCurrentDirectory() : folder, fetch).Resolve(line);
    }

    /// <summary>What is damaged at its very beginning is no archive; of other damage, what comes before it counts.</summary>
    private void CheckArchive()
    {
        using TarEntries entries = new(shard.Path);
        entries.MoveNext();
        if (entries.Damage is { } damage)
        {
            throw new InvalidDataException($"{shard.Path} is not a tar archive that can be read: {damage}.");
        }
    }
}
