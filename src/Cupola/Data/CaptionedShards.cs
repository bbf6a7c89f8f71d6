namespace Cupola.Data;

/// <summary>WebDataset shards with captions: a sample's is its txt, else the property "caption" of its json.</summary>
internal sealed class CaptionedShards(IReadOnlyList<string> shards) : CaptionedPictures
{
    public override IEnumerable<CaptionedPicture> Read(Action<string>? broken)
    {
        foreach (ShardSample sample in ShardSample.WithPictures(shards, broken))
        {
            string caption = Text.TextFile.OneLine(sample.Text("txt") ?? sample.Property("caption")?.Text ?? "").Trim();
            if (caption.Length == 0)
            {
                broken?.Invoke($"{sample.Name} holds no caption: a .txt in UTF-8, or a .json with \"caption\".");
                continue;
            }

            yield return new(sample.Picture!, [caption]);
        }
    }
}
