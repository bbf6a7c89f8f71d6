using System.CommandLine;
using System.Text.Json.Nodes;
using Cupola.Training.Run;

namespace Cupola.Cli;

/// <summary>The options that change settings of a training: a file of them, and the few that are changed most.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _config = new("--config")
    {
        Description = "A JSON file of settings; docs/training.md lists them all.",
        HelpName = "FILE",
    };

    private readonly Option<string> _init = new("--init")
    {
        Description = "Fine-tune this model, with its preprocessing and its tokenizer, in place of training a new one.",
        HelpName = "M",
    };

    private readonly Option<string> _tokenizer = new("--tokenizer")
    {
        Description = "Give a new model the tokenizer of this one, in place of one made from the captions.",
        HelpName = "M",
    };

    private readonly NumberOption<double> _epochs = new("--epochs", 0, isAboveLeast: true)
    {
        Description = "How often every pair is seen (32).",
        HelpName = "E",
    };

    private readonly NumberOption<long> _steps = new("--steps", 1, int.MaxValue)
    {
        Description = "Steps in all, in place of epochs.",
        HelpName = "N",
    };

    private readonly NumberOption<int> _batch = new("--batch", 1) { Description = "Pairs of one step (256).", HelpName = "N" };

    private readonly NumberOption<double> _learningRate = new("--learning-rate", 0, isAboveLeast: true)
    {
        Description = "The largest learning rate (5e-4; with --init 3e-5).",
        HelpName = "R",
    };

    private readonly NumberOption<int> _seed = new("--seed", 0)
    {
        Description = "Of first numbers, order and augmentation (0).",
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _config, _init, _tokenizer, _epochs, _steps, _batch, _learningRate, _seed })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>
    /// The settings: those of the run where it was begun, else the defaults; with what the file says, and what the command line
    /// says.
    /// </summary>
    public TrainingSettings Read(ParseResult parsed, string run)
    {
        TrainingSettings settings = TrainingSettings.ReadRun(run) ?? new();
        if (parsed.GetValue(_config) is { } file)
        {
            settings = settings.With(file, StandardStreams.Log);
        }

        JsonObject flags = [];
        foreach (
            (string name, JsonNode? value) in new (string, JsonNode?)[]
            {
                ("init", parsed.GetValue(_init)),
                ("tokenizer", parsed.GetValue(_tokenizer)),
                ("epochs", parsed.GetValue(_epochs)),
                ("steps", parsed.GetValue(_steps)),
                ("batch", parsed.GetValue(_batch)),
                ("learningRate", parsed.GetValue(_learningRate)),
                ("seed", parsed.GetValue(_seed)),
            }
        )
        {
            if (value is not null)
            {
                flags[name] = value;
            }
        }

        return settings.With(flags, "The command line");
    }
}
