using Cupola.Embedding.Shards;

namespace Cupola.Cli;

/// <summary>What is said of each shard.</summary>
/// <param name="content">What is embedded.</param>
/// <param name="format">For whom.</param>
internal sealed class ShardLines(ShardContent content, OutputFormat format)
{
    private readonly string _what = ShardSettings.NameOf(content);

    private readonly CsvOutput? _rows =
        format == OutputFormat.Csv ? new("shard", ShardSettings.NameOf(content), "failed", "output", "skipped", "error") : null;

    /// <summary>A shard with an output.</summary>
    public void Write(Shard shard, ShardManifest manifest, string output, bool isSkipped)
    {
        if (_rows is not null)
        {
            _rows.Write(shard.Path, manifest.Count, manifest.Failed, output, isSkipped, null);
        }
        else if (format == OutputFormat.Json)
        {
            Output.WriteJson(
                new Dictionary<string, object>
                {
                    ["shard"] = shard.Path,
                    [_what] = manifest.Count,
                    ["failed"] = manifest.Failed,
                    ["output"] = output,
                    ["skipped"] = isSkipped,
                }
            );
        }
        else
        {
            string failed = manifest.Failed > 0 ? $", {manifest.Failed} failed" : "";
            Console.Out.WriteLine($"{shard}: {manifest.Count} {_what}{failed}{(isSkipped ? " (done before)" : "")}");
        }

        StandardStreams.Output.Flush();
    }

    /// <summary>A shard that cannot be read.</summary>
    public void WriteError(Shard shard, string error)
    {
        Console.Error.WriteLine(error);
        _rows?.Write(shard.Path, null, null, null, null, error);
        if (format == OutputFormat.Json)
        {
            Output.WriteJson(new Dictionary<string, object> { ["shard"] = shard.Path, ["error"] = error });
        }

        StandardStreams.Output.Flush();
    }
}
