using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Cupola.Checkpoints;
using Cupola.Embedding;
using Cupola.Images;
using Cupola.Models;
using Cupola.Text;

namespace Cupola.Cli;

/// <summary><c>cupola inspect</c>: what the model reads, what it sees, and what it is.</summary>
internal static class InspectCommand
{
    public static Command Create() => new("inspect",
        """
        Show what the model reads, what it sees, and what it is.

          cupola inspect tokens "a photo of a dog" --model openai/clip-vit-base-patch32
          cupola inspect pixels dog.jpg --size 224 -o seen.png
          cupola inspect model --model openai/clip-vit-base-patch32
        """)
    { Tokens(), Pixels(), Model() };

    private static Command Tokens()
    {
        ModelOptions model = new();
        Argument<string[]> texts = new("texts") { Description = "Texts, or - for one a line on standard input.", Arity = ArgumentArity.OneOrMore };
        Option<OutputFormat> format = Output.CreateOption();
        Command command = new("tokens", "Show the token ids of texts.") { texts, format };
        model.AddTo(command);
        command.SetVerb((parsed, cancellation) =>
        {
            ClipTokenizer tokenizer = ClipEmbedder.LoadTokenizer(model.Path(parsed, cancellation));
            foreach (string text in TextArguments.Expand(parsed.GetValue(texts)!))
            {
                TokenizedText tokenized = tokenizer.Encode(text);
                IReadOnlyList<string> tokens = tokenizer.Tokens(tokenized.Ids);
                switch (parsed.GetValue(format))
                {
                    case OutputFormat.Json:
                        Output.WriteJson(new { text, ids = tokenized.Ids, tokens, truncated = tokenized.IsTruncated });
                        break;
                    case OutputFormat.Csv:
                        Output.WriteCsv([text, .. tokenized.Ids.Select(static id => id.ToString(CultureInfo.InvariantCulture))]);
                        break;
                    default:
                        Console.Out.WriteLine(text);
                        Console.Out.WriteLine($"  {string.Join(' ', tokenized.Ids)}");
                        Console.Out.WriteLine($"  {string.Join(' ', tokens)}");
                        break;
                }

                if (tokenized.IsTruncated)
                {
                    Console.Error.WriteLine($"This text is longer than the {tokenizer.ContextLength} tokens that the model reads, and cut there: \"{text[..Math.Min(text.Length, 60)]}…\".");
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Pixels()
    {
        ModelOptions model = new();
        Argument<string[]> pictures = new("pictures") { Description = "Files, folders, or - for paths on standard input.", Arity = ArgumentArity.OneOrMore };
        Option<int> size = new("--size") { Description = "CLIP's preprocessing at so many pixels, in place of a model's.", HelpName = "N" };
        Option<bool> orient = new("--orient") { Description = "Turn pictures as their EXIF orientation says (the reference does not)." };
        Option<string> file = new("--output", "-o") { Description = "Write the crop of one picture as .png or .npy (uint8, [height, width, 3]).", HelpName = "FILE" };
        Option<OutputFormat> format = Output.CreateOption();
        Command command = new("pixels", "Show what the model sees of pictures.") { pictures, size, file, orient, format };
        model.AddTo(command);
        command.SetVerb((parsed, cancellation) =>
        {
            int pixels = parsed.GetValue(size);
            if (pixels is < 0 or > 4096)
            {
                throw new ArgumentException($"--size {pixels} is not between 1 and 4096 pixels.");
            }

            ImagePreprocessing preprocessing;
            if (pixels > 0 || !model.IsNamed(parsed))
            {
                preprocessing = new(pixels > 0 ? pixels : 224);
            }
            else
            {
                using ClipEmbedder embedder = model.Load(parsed, cancellation);
                preprocessing = embedder.Preprocessing;
            }

            string? path = parsed.GetValue(file);
            string[] all = [.. PictureArguments.Expand(parsed.GetValue(pictures)!)];
            if (path is not null && all.Length != 1)
            {
                throw new ArgumentException($"--output {path} takes one picture, and there are {all.Length}.");
            }

            int failed = 0;
            foreach (string image in all)
            {
                cancellation.ThrowIfCancellationRequested();
                failed += Show(image, preprocessing, parsed.GetValue(orient), parsed.GetValue(format), path) ? 0 : 1;
            }

            return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
        });
        return command;
    }

    private static bool Show(string image, ImagePreprocessing preprocessing, bool orient, OutputFormat format, string? path)
    {
        byte[] crop = new byte[preprocessing.ByteCount];
        try
        {
            using RgbImage decoded = ImageDecoder.Decode(image, orient);
            preprocessing.Apply(decoded, crop);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            if (format == OutputFormat.Json)
            {
                Output.WriteJson(new { image, error = exception.Message });
            }

            return false;
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(crop));
        switch (format)
        {
            case OutputFormat.Json:
                Output.WriteJson(new { image, width = preprocessing.Size, height = preprocessing.Size, sha256 });
                break;
            case OutputFormat.Csv:
                Output.WriteCsv(image, preprocessing.Size.ToString(CultureInfo.InvariantCulture), preprocessing.Size.ToString(CultureInfo.InvariantCulture), sha256);
                break;
            default:
                Console.Out.WriteLine($"{image}  {preprocessing.Size} × {preprocessing.Size}  {sha256}");
                break;
        }

        if (path is not null)
        {
            WriteCrop(path, crop, preprocessing.Size);
        }

        return true;
    }

    private static void WriteCrop(string path, byte[] crop, int size)
    {
        switch (Path.GetExtension(path))
        {
            case ".npy":
                NumpyFile.Write(path, crop, size, size, 3);
                break;
            case ".png":
                PngFile.Write(path, crop, size, size);
                break;
            default:
                throw new ArgumentException($"--output {path} is of no known kind; name a .png or a .npy file.");
        }
    }

    private static Command Model()
    {
        ModelOptions model = new();
        Option<OutputFormat> format = Output.CreateOption();
        Command command = new("model", "Show a model's architecture, parameters and preprocessing, and where each came from.") { format };
        model.AddTo(command);
        command.SetVerb((parsed, cancellation) =>
        {
            using ClipEmbedder embedder = model.Load(parsed, cancellation);
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                Output.WriteJson(Description(embedder));
                return ExitCode.Done;
            }

            foreach ((string key, object value) in Description(embedder))
            {
                string text = value is IReadOnlyDictionary<string, object> part ? string.Join(", ", part.Select(static entry => $"{entry.Key} {Plain(entry.Value)}")) : Plain(value);
                if (parsed.GetValue(format) == OutputFormat.Csv)
                {
                    Output.WriteCsv(key, text);
                }
                else
                {
                    Console.Out.WriteLine($"{key,-14}{text}");
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Plain(object value) => value is System.Collections.IEnumerable list and not string
        ? $"[{string.Join(", ", list.Cast<object>().Select(Plain))}]"
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static Dictionary<string, object> Description(ClipEmbedder embedder)
    {
        ClipConfig config = embedder.Config;
        ImagePreprocessing preprocessing = embedder.Preprocessing;
        string layout = embedder.Layout switch
        {
            CheckpointLayout.Transformers => "transformers",
            CheckpointLayout.OpenClip => "open_clip",
            _ => "openai",
        };
        Dictionary<string, object> image = config.Image switch
        {
            VisionTransformerConfig transformer => new(Blocks(transformer.Transformer)) { ["architecture"] = "vit", ["size"] = transformer.ImageSize, ["patch"] = transformer.PatchSize },
            ResNetConfig network => new() { ["architecture"] = "resnet", ["size"] = network.ImageSize, ["layers"] = network.Layers, ["width"] = network.Width, ["heads"] = network.Heads },
            _ => [],
        };
        return new()
        {
            ["model"] = embedder.WeightsPath,
            ["layout"] = layout,
            ["image"] = image,
            ["text"] = new Dictionary<string, object>(Blocks(config.Text.Transformer)) { ["vocabulary"] = config.Text.VocabularySize, ["contextLength"] = config.Text.ContextLength },
            ["embedding"] = config.EmbeddingDimension,
            ["activation"] = Name(config.Text.Transformer.Activation),
            ["parameters"] = embedder.ParameterCount,
            ["logitScale"] = MathF.Exp(embedder.LogitScale),
            ["preprocessing"] = new Dictionary<string, object>
            {
                ["size"] = preprocessing.Size,
                ["resize"] = preprocessing.ResizeSize,
                ["mode"] = preprocessing.Mode.ToString().ToLowerInvariant(),
                ["interpolation"] = preprocessing.Interpolation.ToString().ToLowerInvariant(),
                ["mean"] = preprocessing.Mean,
                ["std"] = preprocessing.StandardDeviation,
            },
            ["sources"] = embedder.Sources,
            ["assumptions"] = config.Assumptions,
        };
    }

    private static Dictionary<string, object> Blocks(TransformerConfig tower) => new()
    {
        ["width"] = tower.Width,
        ["heads"] = tower.Heads,
        ["layers"] = tower.Layers,
        ["mlpWidth"] = tower.MlpWidth,
        ["activation"] = Name(tower.Activation),
    };

    private static string Name(Activation activation) => activation switch
    {
        Activation.QuickGelu => "quick_gelu",
        Activation.Gelu => "gelu",
        _ => "gelu_tanh",
    };
}
