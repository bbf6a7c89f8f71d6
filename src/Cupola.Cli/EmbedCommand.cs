using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Cupola.Embedding;
using Cupola.Embedding.Shards;

namespace Cupola.Cli;

/// <summary><c>cupola embed</c>: unit embeddings of images and texts.</summary>
internal static class EmbedCommand
{
    /// <summary>What a person sees of an embedding.</summary>
    private const int NumbersShown = 6;

    public static Command Create() =>
        new CommandWithExamples(
            "embed",
            "Turn images or texts into unit vectors of one space.",
            """
            cupola embed images photos/ -o photos.npy --model openai/clip-vit-base-patch32
            cupola embed texts "a photo of a dog" "a photo of a cat" --model openai/clip-vit-base-patch32 --format json
            cupola embed images --shards "photos-{000..063}.tar" -o embeddings/ --model openai/clip-vit-base-patch32
            cupola embed merge embeddings/ -o photos.npy
            """
        )
        {
            Images(),
            Texts(),
            EmbedMergeCommand.Create(),
        };

    private static CommandWithExamples Images()
    {
        ModelOptions model = new();
        Argument<string[]> images = ImageArguments.Create(ArgumentArity.ZeroOrMore);
        Option<bool> orient = ImageArguments.CreateOrient();
        Option<string> file = CreateFileOption();
        ShardOptions shards = new();
        FetchOption fetch = new();
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "images",
            "Embed images.",
            """
            cupola embed images photos/ -o photos.npy --model openai/clip-vit-base-patch32
            find . -name '*.jpg' | cupola embed images - --model openai/clip-vit-base-patch32 --format json > embeddings.jsonl
            cupola embed images --shards "photos-{000..063}.tar" -o embeddings/ --model openai/clip-vit-base-patch32
            srun --ntasks 8 cupola embed images --shards shards/ -o embeddings/ --model openai/clip-vit-base-patch32
            cupola embed images --shards lists/ -o embeddings/ --shard 3/16 --model openai/clip-vit-base-patch32
            cupola embed images --shards /shared/shards/ -o /shared/embeddings/ --claim --model openai/clip-vit-base-patch32
            """
        )
        {
            images,
            file,
            orient,
            format,
        };
        shards.AddTo(command);
        fetch.AddTo(command);
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                shards.Check(parsed, parsed.GetValue(images)!, "images");
                if (shards.AreNamed(parsed))
                {
                    return ShardedEmbedding.Run(
                        parsed,
                        ShardContent.Images,
                        shards,
                        parsed.GetValue(file),
                        stop => model.Load(parsed, stop),
                        parsed.GetValue(orient),
                        fetch.Read(parsed),
                        parsed.GetValue(format),
                        cancellationToken
                    );
                }

                string? path = CheckedFile(parsed.GetValue(file));
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                EmbeddingWriter writer = new("image", parsed.GetValue(format), path, embedder.Config.EmbeddingDimension)
                {
                    Origin = new(embedder.Fingerprint, parsed.GetValue(orient)),
                };
                int failed = ImageArguments.Run("Embedding", parsed.GetValue(images)!, (paths, progress) =>
                    WriteAll(
                        embedder.EmbedImages(
                            paths.Select(ImageSource.FromPath),
                            parsed.GetValue(orient),
                            cache: null,
                            cancellationToken
                        ),
                        writer,
                        progress
                    )
                );
                writer.Finish();
                return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
            },
            parsed => WhenStopped(parsed.GetValue(file), shards.AreNamed(parsed))
        );
        return command;
    }

    private static CommandWithExamples Texts()
    {
        ModelOptions model = new();
        Argument<string[]> texts = new("texts")
        {
            Description = "Texts, or - for one a line on standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string> file = CreateFileOption();
        ShardOptions shards = new();
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "texts",
            "Embed texts.",
            """
            cupola embed texts "a photo of a dog" "a photo of a cat" --model openai/clip-vit-base-patch32
            cupola embed texts - -o captions.safetensors --model openai/clip-vit-base-patch32 < captions.txt
            cupola embed texts --shards captions/ -o embeddings/ --shard 3/16 --model openai/clip-vit-base-patch32
            """
        )
        {
            texts,
            file,
            format,
        };
        shards.AddTo(command);
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                shards.Check(parsed, parsed.GetValue(texts)!, "texts");
                if (shards.AreNamed(parsed))
                {
                    return ShardedEmbedding.Run(
                        parsed,
                        ShardContent.Texts,
                        shards,
                        parsed.GetValue(file),
                        stop => model.Load(parsed, stop),
                        orient: false,
                        fetch: false,
                        parsed.GetValue(format),
                        cancellationToken
                    );
                }

                string? path = CheckedFile(parsed.GetValue(file));
                string[] all = [.. TextArguments.Expand(parsed.GetValue(texts)!)];
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                foreach (string cut in all.Where(text => embedder.Tokenizer.Encode(text).IsTruncated))
                {
                    Console.Error.WriteLine(
                        $"This text is longer than the {embedder.Tokenizer.ContextLength} tokens that the model reads, and cut "
                            + $"there: \"{cut[..Math.Min(cut.Length, 60)]}…\"."
                    );
                }

                EmbeddingMatrix embeddings = WorkProgress.Items("Embedding texts", all.Length, progress =>
                    embedder.EmbedTexts(all, progress, cancellationToken)
                );
                EmbeddingWriter writer = new("text", parsed.GetValue(format), path, embeddings.Dimension)
                {
                    Origin = new(embedder.Fingerprint, IsOriented: null),
                };
                for (int index = 0; index < all.Length; index++)
                {
                    writer.Write(all[index], embeddings[index].ToArray());
                }

                writer.Finish();
                return ExitCode.Done;
            },
            parsed => WhenStopped(parsed.GetValue(file), shards.AreNamed(parsed))
        );
        return command;
    }

    private static string WhenStopped(string? file, bool isFolder) =>
        isFolder ? ShardedEmbedding.WhenStopped(file!)
        : file is null ? "Stopped; the embeddings so far are whole."
        : $"Stopped; {file} is written at the end, and is as it was.";

    /// <summary>How many could not be read.</summary>
    private static int WriteAll(IEnumerable<EmbeddedImage> images, EmbeddingWriter writer, IProgress<int>? progress)
    {
        int failed = 0;
        foreach (EmbeddedImage image in images)
        {
            progress?.Report(1);
            if (image.Vector is not null)
            {
                writer.Write(image.Path, image.Vector, image.FileHash);
                continue;
            }

            failed++;
            writer.WriteError(image.Path, image.Error!);
        }

        return failed;
    }

    private static Option<string> CreateFileOption() =>
        new("--output", "-o")
        {
            Description =
                "A file instead: .npy (the names in a .txt beside it, the model in a .json) or .safetensors (all in one), and "
                + "beside both the hashes of images' files in a .hashes; of shards the folder of their outputs.",
            HelpName = "FILE|FOLDER",
        };

    private static string? CheckedFile(string? path) =>
        path is null || EmbeddingFile.IsKnown(path)
            ? path
            : throw new ArgumentException($"--output {path} has an unknown extension; name a .npy or a .safetensors file.");

    /// <summary>Writes embeddings as lines, or all of them into a file at the end.</summary>
    private sealed class EmbeddingWriter(string kind, OutputFormat format, string? path, int dimension)
    {
        private readonly List<string> _names = [];
        private readonly List<string?> _hashes = [];
        private readonly List<float> _values = [];
        private readonly CsvOutput? _rows =
            path is null && format == OutputFormat.Csv ? new([kind, .. Numbered(dimension), "error"]) : null;

        /// <summary>What made the embeddings.</summary>
        public required EmbeddingOrigin Origin { get; init; }

        /// <summary>Writes an embedding.</summary>
        /// <param name="name">Of an image, or a text.</param>
        /// <param name="embedding">The unit vector.</param>
        /// <param name="hash">SHA-256 of the image's file; null of a text.</param>
        public void Write(string name, float[] embedding, string? hash = null)
        {
            if (path is not null)
            {
                _names.Add(name);
                _hashes.Add(hash);
                _values.AddRange(embedding);
                return;
            }

            switch (format)
            {
                case OutputFormat.Json:
                    Dictionary<string, object> line = new() { [kind] = name, ["embedding"] = embedding };
                    foreach ((string key, object value) in Origin.Fields)
                    {
                        line.Add(key, value);
                    }

                    if (hash is not null)
                    {
                        line.Add("sha256", hash);
                    }

                    Output.WriteJson(line);
                    break;
                case OutputFormat.Csv:
                    _rows!.Write([name, .. embedding, null]);
                    break;
                default:
                    string numbers = string.Join(
                        "  ",
                        embedding
                            .Take(NumbersShown)
                            .Select(static value => value.ToString("0.0000", CultureInfo.InvariantCulture).PadLeft(7))
                    );
                    Console.Out.WriteLine($"{name}  [{numbers}  … {dimension} numbers]");
                    break;
            }
        }

        public void WriteError(string name, string error)
        {
            Console.Error.WriteLine(error);
            if (path is null && format == OutputFormat.Json)
            {
                Output.WriteJson(new Dictionary<string, object> { [kind] = name, ["error"] = error });
            }

            _rows?.Write([name, .. new object?[dimension], error]);
        }

        /// <summary>The headings of the numbers, from 0.</summary>
        private static IEnumerable<string> Numbered(int count) =>
            Enumerable.Range(0, count).Select(static number => number.ToString(CultureInfo.InvariantCulture));

        public void Finish()
        {
            Console.Out.Flush();
            if (path is null)
            {
                return;
            }

            float[] values = [.. _values];
            EmbeddingFile.Write(
                path,
                Origin,
                _names,
                _names.Count,
                dimension,
                stream => stream.Write(MemoryMarshal.AsBytes<float>(values)),
                kind == "image" ? _hashes : null
            );
            Console.Error.WriteLine($"Wrote {_names.Count} embeddings of {dimension} numbers to {path}.");
        }
    }
}
