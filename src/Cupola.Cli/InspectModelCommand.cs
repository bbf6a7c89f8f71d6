using System.CommandLine;
using System.Globalization;
using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Models;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary><c>cupola inspect model</c>: what the model is.</summary>
internal static class InspectModelCommand
{
    public static Command Create()
    {
        ModelOptions model = new();
        InspectPrecision precision = new(model);
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "model",
            "Show a model's architecture, parameters and preprocessing, and how far int8 is from float32 on images.",
            """
            cupola inspect model --model openai/clip-vit-base-patch32
            cupola inspect model --model ViT-B-32.pt --format json
            cupola inspect model photos/ --labels "dog,cat" --precision int8 --model openai/clip-vit-base-patch32
            """
        )
        {
            format,
        };
        precision.AddTo(command);
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                precision.Check(parsed);
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                (PrecisionComparison? comparison, int failed) = precision.Compare(parsed, embedder, cancellationToken);
                int code = failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
                Dictionary<string, object> description = Description(embedder);
                if (comparison is not null)
                {
                    description["int8"] = InspectPrecision.Describe(comparison);
                }

                if (parsed.GetValue(format) == OutputFormat.Json)
                {
                    Output.WriteJson(description);
                    return code;
                }

                CsvOutput? rows = parsed.GetValue(format) == OutputFormat.Csv ? new("key", "value") : null;
                foreach ((string key, object value) in description)
                {
                    string text = value is IReadOnlyDictionary<string, object> part
                        ? string.Join(", ", part.Select(static entry => $"{entry.Key} {Plain(entry.Value)}"))
                        : Plain(value);
                    if (rows is not null)
                    {
                        rows.Write(key, text);
                    }
                    else
                    {
                        Console.Out.WriteLine($"{key,-14}{(key == "int8" ? InspectPrecision.Say(comparison!) : text)}");
                    }
                }

                return code;
            }
        );
        return command;
    }

    private static string Plain(object value) =>
        value is System.Collections.IEnumerable list and not string
            ? $"[{string.Join(", ", list.Cast<object>().Select(Plain))}]"
            : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static Dictionary<string, object> Description(ClipEmbedder embedder)
    {
        ClipConfig config = embedder.Config;
        ImagePreprocessing preprocessing = embedder.Preprocessing;
        string layout = embedder.Layout switch
        {
            CheckpointLayout.Transformers or CheckpointLayout.TransformersSiglip => "transformers",
            CheckpointLayout.OpenClip or CheckpointLayout.OpenClipSiglip => "open_clip",
            _ => "openai",
        };
        Dictionary<string, object> image = config.Image switch
        {
            VisionTransformerConfig transformer => new(Blocks(transformer.Transformer))
            {
                ["architecture"] = "vit",
                ["size"] = transformer.ImageSize,
                ["patch"] = transformer.PatchSize,
            },
            ResNetConfig network => new()
            {
                ["architecture"] = "resnet",
                ["size"] = network.ImageSize,
                ["layers"] = network.Layers,
                ["width"] = network.Width,
                ["heads"] = network.Heads,
            },
            _ => [],
        };
        return new()
        {
            ["model"] = embedder.WeightsPath,
            ["layout"] = layout,
            ["image"] = image,
            ["text"] = new Dictionary<string, object>(Blocks(config.Text.Transformer))
            {
                ["vocabulary"] = config.Text.VocabularySize,
                ["contextLength"] = config.Text.ContextLength,
            },
            ["embedding"] = config.EmbeddingDimension,
            ["activation"] = Name(config.Text.Transformer.Activation),
            ["parameters"] = embedder.ParameterCount,
            ["logitScale"] = embedder.Score.Scale,
            ["logitBias"] = embedder.Score.Bias,
            ["score"] = embedder.Score.IsIndependent ? "sigmoid" : "softmax",
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

    private static Dictionary<string, object> Blocks(TransformerConfig tower) =>
        new()
        {
            ["width"] = tower.Width,
            ["heads"] = tower.Heads,
            ["layers"] = tower.Layers,
            ["mlpWidth"] = tower.MlpWidth,
            ["activation"] = Name(tower.Activation),
        };

    private static string Name(Activation activation) =>
        activation switch
        {
            Activation.QuickGelu => "quick_gelu",
            Activation.Gelu => "gelu",
            _ => "gelu_tanh",
        };
}
