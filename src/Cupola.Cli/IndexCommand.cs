using System.CommandLine;
using Cupola.Retrieval;

namespace Cupola.Cli;

/// <summary><c>cupola index</c>: embeds what is new below some folders, for <c>cupola search</c>.</summary>
internal static class IndexCommand
{
    public static Command Create()
    {
        ModelOptions model = new();
        IndexOptions options = new();
        Argument<string[]> roots = new("photos")
        {
            Description = "Folders of images; without any, those that were indexed before and those of the images of --from.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string> from = new("--from")
        {
            Description = "A folder of files that 'cupola embed images' wrote: images in them are not embedded again.",
            HelpName = "FOLDER",
        };
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "index",
            "Index images for search: what is new or changed is embedded, what is gone is marked. A killed run goes on.",
            """
            cupola index ~/Pictures --model openai/clip-vit-base-patch32
            cupola index --model openai/clip-vit-base-patch32
            cupola index --from embeddings/ --model openai/clip-vit-base-patch32
            """
        )
        {
            roots,
            from,
            format,
        };
        options.AddTo(command);
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                using ImageIndex index = options.Open(parsed, embedder);
                EmbeddedFiles? known = parsed.GetValue(from) is { } folder ? EmbeddedFiles.Read(folder, index) : null;
                string[] named = parsed.GetValue(roots)!;
                IReadOnlyList<string> all =
                    named.Length > 0 ? named
                    : known is null ? index.Roots
                    : known.Folders(index.Roots);
                if (all.Count == 0)
                {
                    throw new ArgumentException(
                        known is null
                            ? "The index covers no folders yet; name one, as in 'cupola index ~/Pictures'."
                            : $"None of the images in {parsed.GetValue(from)} is here; name their folder, as in "
                                + "'cupola index ~/Pictures'."
                    );
                }

                CsvOutput? rows =
                    parsed.GetValue(format) == OutputFormat.Csv
                        ? new("root", "seen", "embedded", "reused", "moved", "gone", "broken")
                        : null;
                int broken = 0,
                    embedded = 0;
                foreach (string root in all)
                {
                    IndexUpdate update = IndexOptions.Update(index, root, known, cancellationToken);
                    broken += update.Broken.Count;
                    embedded += update.Embedded;
                    Write(update, parsed.GetValue(format), rows);
                }

                if (known is { Count: > 0, Taken: 0 } && embedded > 0)
                {
                    Console.Error.WriteLine(
                        $"None of the {known.Count} embeddings in {parsed.GetValue(from)} is of these images' files as they are "
                            + "now; an index is of files, and images in archives are none."
                    );
                }

                return broken == 0 ? ExitCode.Done : ExitCode.SomeFailed;
            },
            static _ => "Stopped; what is indexed so far stays, and the same command goes on from there."
        );
        return command;
    }

    private static void Write(IndexUpdate update, OutputFormat format, CsvOutput? rows)
    {
        if (rows is not null)
        {
            rows.Write(update.Root, update.Seen, update.Embedded, update.Reused, update.Moved, update.Gone, update.BrokenCount);
        }
        else if (format == OutputFormat.Json)
        {
            Output.WriteJson(
                new
                {
                    root = update.Root,
                    seen = update.Seen,
                    embedded = update.Embedded,
                    reused = update.Reused,
                    moved = update.Moved,
                    gone = update.Gone,
                    broken = update.BrokenCount,
                }
            );
        }
        else
        {
            Console.Out.WriteLine(
                $"{update.Root}: {update.Seen} images, {update.Embedded} embedded, {update.Reused} known by their content "
                    + $"({update.Moved} moved), {update.Gone} gone, {update.BrokenCount} broken"
            );
        }
    }
}
