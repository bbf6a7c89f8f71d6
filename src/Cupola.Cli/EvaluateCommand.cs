using System.CommandLine;
using Cupola.Evaluation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate</c>: how good prompt sets are on labeled images, side by side.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        ModelOptions model = new();
        LabelOptions labels = new();
        PromptSetOptions sets = new();
        EnsembleOption ensemble = new();
        WeightsOption weights = new();
        CacheOption caching = new();
        FetchOption fetch = new();
        Argument<string> dataset = new("dataset")
        {
            Description =
                "A folder with a folder of images for each label, a table (.csv, .tsv, .jsonl), or WebDataset shards (.tar, a "
                + "folder of them, or birds-{000..009}.tar).",
        };
        PageOption report = new(
            "--report",
            "Write a page with bars, curves, the confusion map and the images it got most wrong."
        );
        Option<bool> retrieval = new("--retrieval")
        {
            Description =
                "For a dataset of captions: how often images and captions find each other (recall@1, 5 and 10), in place of "
                + "labels and prompts.",
        };
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "evaluate",
            "Judge prompts on labelled images: accuracy with intervals, and paired tests between prompt sets.",
            """
            cupola evaluate birds/ --model openai/clip-vit-base-patch32
            cupola evaluate birds/ --template "a photo of a {}." --templates imagenet-7 --prompts cupl.json
             --model openai/clip-vit-base-patch32
            cupola evaluate birds/ --templates imagenet-7 --prompts imagenet-7+cupl.json --shuffled --report birds.html
             --model openai/clip-vit-base-patch32
            cupola evaluate birds/ --prompts cupl.json --weights even --weights zpe --model openai/clip-vit-base-patch32
            cupola evaluate birds.csv --labels-file birds.txt --templates imagenet-7 --model openai/clip-vit-base-patch32
            cupola evaluate "birds-{000..009}.tar" --prompts mine.json --prompts yours.json --format json
             --model openai/clip-vit-base-patch32 > judged.jsonl
            cupola evaluate captions.jsonl --retrieval --model openai/clip-vit-base-patch32
            """
        )
        {
            dataset,
            retrieval,
        };
        labels.AddTo(command);
        sets.AddTo(command);
        ensemble.AddTo(command);
        weights.AddTo(command);
        report.AddTo(command);
        Option[] ofPrompts = [.. command.Options.Where(option => option != retrieval)];
        caching.AddTo(command);
        fetch.AddTo(command);
        command.Options.Add(format);
        model.AddTo(command);
        command.SetVerb(
            (parsed, cancellationToken) =>
            {
                if (parsed.GetValue(retrieval))
                {
                    if (ofPrompts.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } useless)
                    {
                        throw new ArgumentException(
                            $"{useless.Name} is about labels and prompts, and --retrieval has neither; omit one of them."
                        );
                    }

                    using ClipEmbedder both = model.Load(parsed, cancellationToken);
                    return caching.With(parsed, cache =>
                        RetrievalEvaluation.Run(
                            parsed.GetValue(dataset)!,
                            fetch.Read(parsed),
                            both,
                            cache,
                            parsed.GetValue(format),
                            cancellationToken
                        )
                    );
                }

                string? page = report.Read(parsed);
                ClassEnsemble how = ensemble.Read(parsed);
                IReadOnlyList<PromptWeighting> weightings = weights.ReadAll(parsed, how);
                PromptSetRequest request = sets.Read(parsed);
                LabeledDataset images = LabeledDataset.Read(
                    parsed.GetValue(dataset)!,
                    labels.Read(parsed),
                    fetch.Read(parsed),
                    StandardStreams.Log
                );
                SingleLabel.Note(images.Labels);
                IReadOnlyList<NamedPromptSet> candidates = PromptCandidates.Create(
                    request.Sources,
                    images.Labels,
                    request.ShuffleSeed,
                    StandardStreams.Log
                );
                using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
                EmbeddedDataset embedded = caching.Embed(parsed, images, embedder, cancellationToken);
                DatasetEvaluation evaluation = new(
                    parsed.GetValue(dataset)!,
                    model.Name(parsed),
                    [
                        .. candidates.SelectMany(candidate =>
                            Judge(candidate, PromptOptions.Encode(embedder, candidate.Prompts, cancellationToken))
                        ),
                    ],
                    [.. embedded.Failed.Select(FailureSentence.Write)]
                );
                EvaluationWriters.Write(evaluation, parsed.GetValue(format));
                if (page is not null)
                {
                    EvaluationReport.Write(page, evaluation, embedded.Images, cancellationToken);
                }

                return embedded.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;

                // Each weighting of one set is evaluated as a set of its own.
                IEnumerable<EvaluationResult> Judge(NamedPromptSet candidate, EncodedPrompts encoded) =>
                    weightings.Select(weighting =>
                        EvaluationResult.Evaluate(
                            weighting == PromptWeighting.Even ? candidate : candidate with { Name = $"zpe:{candidate.Name}" },
                            ZeroShotClassifier.Create(
                                encoded,
                                how,
                                PromptWeights.Create(weighting, encoded, embedded.Embeddings)
                            ),
                            embedded.Embeddings,
                            embedded.Truths
                        )
                    );
            },
            caching.WhenStopped
        );
        return command;
    }
}
