using System.CommandLine;
using Cupola.Hub;
using Cupola.Training.Run;

namespace Cupola.Cli;

/// <summary><c>cupola models</c>: what is here, what to fetch, what to hand on.</summary>
internal static class ModelsCommand
{
    public static Command Create() =>
        new CommandWithExamples(
            "models",
            "List, download, export and mix models.",
            """
            cupola models download openai/clip-vit-base-patch32
            cupola models list
            cupola models export clip-for-the-web/ --model openai/clip-vit-base-patch32
            cupola models interpolate openai/clip-vit-base-patch32 runs/birds --alpha 0.5 -o birds-and-all
            """
        )
        {
            List(),
            Download(),
            Export(),
            Interpolate(),
        };

    private static CommandWithExamples List()
    {
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "list",
            "List the models that are here: built in, and in the Hugging Face cache.",
            "cupola models list --format json"
        )
        {
            format,
        };
        command.SetVerb(
            (parsed, _) =>
            {
                CachedModel[] models =
                [
                    .. BuiltInModels.Names.Select(BuiltIn),
                    .. new ModelHub(HubOptions.FromEnvironment()).List(),
                ];
                CsvOutput? rows =
                    parsed.GetValue(format) == OutputFormat.Csv ? new("name", "revision", "commit", "bytes", "folder") : null;
                foreach (CachedModel model in models)
                {
                    switch (parsed.GetValue(format))
                    {
                        case OutputFormat.Json:
                            Output.WriteJson(model);
                            break;
                        case OutputFormat.Csv:
                            rows!.Write(model.Name, model.Revision, model.Commit, model.Bytes, model.Folder);
                            break;
                        default:
                            Console.Out.WriteLine($"{model.Name,-50} {model.Revision,-10} {model.Bytes / 1e6,8:0} MB");
                            break;
                    }
                }

                return ExitCode.Done;
            }
        );
        return command;
    }

    private static CachedModel BuiltIn(string name)
    {
        string folder = BuiltInModels.Resolve(name);
        return new(name, "built in", "", new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length), folder);
    }

    private static CommandWithExamples Download()
    {
        Argument<string> name = new("name")
        {
            Description = "A name on the hub, owner/name or owner/name@revision, or the address of its page.",
        };
        CommandWithExamples command = new(
            "download",
            "Fetch a model, so that it is there without a network; a broken download goes on where it stopped.",
            """
            cupola models download openai/clip-vit-base-patch32
            cupola models download laion/CLIP-ViT-B-32-laion2B-s34B-b79K@main
            """
        )
        {
            name,
        };
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                Console.Out.WriteLine(ModelOptions.Download(parsed.GetValue(name)!, cancellationToken));
                return ExitCode.Done;
            },
            static _ => "Stopped; what was fetched is kept, and the same command goes on from there."
        );
        return command;
    }

    private static CommandWithExamples Export()
    {
        ModelOptions model = new(
            withoutPrecision: "models export writes the model's own float32 parameters, which other programs quantize in their "
                + "own ways; omit --precision int8."
        );
        Argument<string> folder = new("folder")
        {
            Description = "Where config.json, preprocessor_config.json, tokenizer.json and onnx/ go.",
        };
        CommandWithExamples command = new(
            "export",
            "Write a model as standard ONNX, as the folder that transformers.js loads.",
            "cupola models export clip-for-the-web/ --model openai/clip-vit-base-patch32"
        )
        {
            folder,
        };
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                string target = parsed.GetValue(folder)!;
                foreach (string note in embedder.Export(target))
                {
                    Console.Error.WriteLine(note);
                }

                Console.Error.WriteLine(
                    $"Wrote {Path.Combine(target, "onnx")} (text_model.onnx, vision_model.onnx, model.onnx) "
                        + "and its configuration beside it."
                );
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static CommandWithExamples Interpolate()
    {
        Argument<string> start = new("start") { Description = "The model that fine-tuning began with." };
        Argument<string> fineTuned = new("fine-tuned") { Description = "The model that came out." };
        NumberOption<double> alpha = new("--alpha", 0, 1)
        {
            Description = "How much of the second: 0 is the first, 1 the second.",
            DefaultValueFactory = static _ => 0.5,
            HelpName = "A",
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The folder of the model between them.",
            HelpName = "DIR",
            Required = true,
        };
        CommandWithExamples command = new(
            "interpolate",
            "Write the model between a model and what was fine-tuned from it, which forgets less (WiSE-FT).",
            "cupola models interpolate openai/clip-vit-base-patch32 runs/birds --alpha 0.5 -o birds-and-all"
        )
        {
            start,
            fineTuned,
            alpha,
            output,
        };
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                WeightInterpolation.Write(
                    ModelOptions.Find(parsed.GetValue(start)!, cancellationToken),
                    ModelOptions.Find(parsed.GetValue(fineTuned)!, cancellationToken),
                    alpha.Read(parsed),
                    parsed.GetValue(output)!
                );
                Console.Error.WriteLine($"Wrote the model to {parsed.GetValue(output)}.");
                return ExitCode.Done;
            }
        );
        return command;
    }
}
