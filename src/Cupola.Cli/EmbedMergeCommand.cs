using System.CommandLine;
using Cupola.Embedding;
using Cupola.Embedding.Shards;

namespace Cupola.Cli;

/// <summary><c>cupola embed merge</c>: checks the outputs of shards and joins them.</summary>
internal static class EmbedMergeCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "The folder that 'cupola embed … --shards' wrote into." };
        Option<string> file = new("--output", "-o")
        {
            Description = "The file: .npy (the names in a .txt beside it, the model in a .json) or .safetensors (all in one).",
            HelpName = "FILE",
            Required = true,
        };
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "merge",
            "Check that every shard has its output, unharmed and of one model, and join them to one file.",
            """
            cupola embed merge embeddings/ -o photos.npy
            """
        )
        {
            folder,
            file,
            format,
        };
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                (string from, string to) = (parsed.GetValue(folder)!, parsed.GetValue(file)!);
                if (!EmbeddingFile.IsKnown(to))
                {
                    throw new ArgumentException($"--output {to} has an unknown extension; name a .npy or a .safetensors file.");
                }

                ShardMerge merge = WorkProgress.Unknown("Checking shards", progress =>
                    ShardMerge.Open(from, progress, StandardStreams.Log, cancellationToken)
                );
                merge.Write(to, cancellationToken);
                Write(merge, from, to, parsed.GetValue(format));
                return ExitCode.Done;
            },
            parsed => $"Stopped; {parsed.GetValue(file)} is written at the end, and is as it was."
        );
        return command;
    }

    private static void Write(ShardMerge merge, string from, string to, OutputFormat format)
    {
        string what = ShardSettings.NameOf(merge.Content);
        switch (format)
        {
            case OutputFormat.Json:
                Output.WriteJson(
                    new Dictionary<string, object>
                    {
                        ["folder"] = from,
                        ["shards"] = merge.Shards,
                        [what] = merge.Count,
                        ["failed"] = merge.Failed,
                        ["output"] = to,
                    }
                );
                break;
            case OutputFormat.Csv:
                new CsvOutput("folder", "shards", what, "failed", "output").Write(
                    from,
                    merge.Shards,
                    merge.Count,
                    merge.Failed,
                    to
                );
                break;
            default:
                string failed = merge.Failed > 0 ? $"; {merge.Failed} inputs failed, as the .json of their shards say" : "";
                Console.Out.WriteLine($"Wrote {merge.Count} embeddings of {merge.Shards} shards to {to}{failed}.");
                break;
        }
    }
}
