using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>
/// WebDataset shards with captions: a sample's caption is its txt, else the property "caption" of its json, which may be a list.
/// </summary>
internal sealed class CaptionedShards(IReadOnlyList<string> shards) : CaptionedImages
{
    public override IEnumerable<CaptionedImage> Read(ILogger? logger)
    {
        foreach (ShardSample sample in ShardSample.WithImages(shards, logger))
        {
            if (sample.IsUnreadable("txt"))
            {
                logger?.Warn($"{sample.Name} has a .txt that is not text in UTF-8.");
                continue;
            }

            string[] captions = CaptionsOf(sample);
            if (captions.Length == 0)
            {
                logger?.Warn($"{sample.Name} has no caption: a .txt in UTF-8, or a .json with \"caption\".");
                continue;
            }

            yield return new(sample.Image!, captions);
        }
    }

    /// <summary>A sample's captions, each on one line; none where there are none.</summary>
    public static string[] CaptionsOf(ShardSample sample) =>
        [
            .. (sample.Text("txt") is { } text ? [text] : sample.Texts("caption"))
                .Select(static caption => ForeignText.OneLine(caption).Trim())
                .Where(static caption => caption.Length > 0),
        ];
}
