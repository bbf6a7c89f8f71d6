using System.CommandLine;
using Cupola.Embedding;
using Cupola.Prompts;
using Cupola.Training;

namespace Cupola.Cli;

/// <summary><c>cupola train</c>: contrastive training or fine-tuning, which goes on where it ended.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        TrainingOptions settings = new();
        TrainingScores scores = new();
        Argument<string> dataset = new("dataset") { Description = "A folder with a folder of pictures for each label, a table of captions (.csv, .tsv, .jsonl), or WebDataset shards." };
        Option<string> output = new("--output", "-o") { Description = "The folder of the run, which becomes the model; a run that is there goes on.", HelpName = "RUN", Required = true };
        Option<int> threads = new("--threads") { Description = "Threads; 0 stands for one a physical core.", HelpName = "N" };
        Option<OutputFormat> format = Output.CreateOption();
        ExampledCommand command = new("train", "Train a model on pictures and captions, or fine-tune one; a run that was ended goes on where it stopped.",
            """
            cupola train pairs.csv -o runs/first --epochs 20
            cupola train pairs.csv -o runs/second --config settings.json --validation held-out.csv --evaluate birds/
            cupola train birds/ -o runs/birds --init openai/clip-vit-base-patch32 --templates imagenet-7 --epochs 5
            cupola train "pairs-{000..009}.tar" -o runs/shards --steps 20000 --format json > log.jsonl
            cupola classify bird.jpg --labels "a robin,a wren" --model runs/birds
            """)
        { dataset };
        command.Options.Add(output);
        settings.AddTo(command);
        scores.AddTo(command);
        command.Options.Add(threads);
        command.Options.Add(format);
        command.SetVerb((parsed, cancellation) =>
        {
            string run = parsed.GetValue(output)!, path = parsed.GetValue(dataset)!;
            TrainingSettings chosen = settings.Read(parsed, run);
            HashSet<string> broken = [];
            (PromptSet? prompts, IReadOnlyList<PromptTemplate>? templates) = scores.ReadPrompts(parsed);
            TrainingPairs pairs = TrainingPairs.Open(
                path, prompts, templates, sentence => Tell(sentence, broken), scores.Fetches(parsed));
            foreach (string note in pairs.Notes)
            {
                Console.Error.WriteLine(note);
            }

            Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate = scores.Open(parsed, chosen, parsed.GetValue(threads), sentence => Tell(sentence, broken));
            if (chosen.Patience is not null && evaluate is null)
            {
                throw new ArgumentException("'patience' stops when evaluations get no better, and there are none; name pairs by --validation, or labelled pictures by --evaluate.");
            }

            using Trainer trainer = Trainer.Open(run, path, pairs, chosen, name => ModelOptions.Find(name, cancellation), parsed.GetValue(threads));
            LoggedEvaluation? last = Train(trainer, evaluate, keepsBest: chosen.Patience is not null, parsed.GetValue(format), broken, cancellation);
            Console.Error.WriteLine(
                $"{(trainer.StoppedEarly ? "Stopped early, as evaluations got no better, after" : "Trained")} {trainer.Step} of {trainer.Steps} steps; the model is in {run}.{Said(last)}");
            return broken.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
        });
        return command;
    }

    private static LoggedEvaluation? Train(
        Trainer trainer, Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate, bool keepsBest, OutputFormat format, HashSet<string> broken, CancellationToken cancellation)
    {
        LoggedEvaluation? last = null;
        string shown = "Training";
        long done = trainer.Step;
        return WorkProgress.Steps(trainer.Steps - done, progress =>
        {
            TrainingObserver observer = new(
                Stepped: step => progress?.Invoke(step - done, shown),
                Logged: line =>
                {
                    shown = $"Step {line.Step} of {trainer.Steps}, loss {line.Loss:0.000}, {line.PairsPerSecond:0} pairs/s";
                    if (format == OutputFormat.Json)
                    {
                        Output.WriteJson(line);
                    }
                },
                // Where the best model is kept, it is the best evaluation that is told in the end.
                Evaluated: line => last = keepsBest && last is not null && Penalty(last) <= Penalty(line) ? last : line,
                Broken: sentence => Tell(sentence, broken));
            trainer.Run(evaluate, observer, cancellation);
            return last;
        });
    }

    /// <summary>Says a sentence once: each evaluation comes upon the same pictures.</summary>
    private static void Tell(string sentence, HashSet<string> broken)
    {
        if (broken.Add(sentence))
        {
            Console.Error.WriteLine(sentence);
        }
    }

    private static double Penalty(LoggedEvaluation line) => line.ValidationLoss ?? (1 - line.Top1!.Value);

    private static string Said(LoggedEvaluation? last) => last is null ? ""
        : string.Concat(
            last.ValidationLoss is { } loss ? $" Validation loss {loss:0.000}." : "",
            last.Top1 is { } share ? $" Top-1 {100 * share:0.0} % ({100 * last.Top1Low:0.0} to {100 * last.Top1High:0.0}) of {last.Pictures} pictures." : "");
}
