using System.CommandLine;
using Cupola.Evaluation;
using Cupola.Questions;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate</c>: how good prompt sets are on labeled images, side by side.</summary>
internal sealed class EvaluateCommand
{
    private readonly ModelOptions _model = new();

    private readonly LabelOptions _labels = new();

    private readonly PromptSetOptions _sets = new();

    private readonly EnsembleOption _ensemble = new();

    private readonly WeightsOption _weights = new();

    private readonly CacheOption _caching = new();

    private readonly FetchOption _fetch = new();

    private readonly Argument<string> _dataset = new("dataset")
    {
        Description =
            "A folder with a folder of images for each label, a table (.csv, .tsv, .jsonl), or WebDataset shards (.tar, a "
            + "folder of them, or birds-{000..009}.tar).",
    };

    private readonly PageOption _report = new(
        "--report",
        "Write a page with bars, curves, the confusion map and the images it got most wrong."
    );

    private readonly Option<bool> _retrieval = new("--retrieval")
    {
        Description =
            "For a dataset of captions: how often images and captions find each other (recall@1, 5 and 10), in place of "
            + "labels and prompts.",
    };

    private readonly ExampleEvaluation _examples = new();

    private readonly Option<string> _questions = new("--questions")
    {
        Description =
            "For a folder of images: questions about them, VQA's JSON or a table (image, question, answer and, if there are "
            + "some, choices), in place of labels and prompts.",
        HelpName = "FILE",
    };

    private readonly Option<string> _annotations = new("--annotations")
    {
        Description = "VQA's JSON of the annotators' answers to the questions.",
        HelpName = "FILE",
    };

    private readonly VocabularyOption _vocabulary = new();

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    /// <summary>The options that say nothing about captions.</summary>
    private readonly List<Option> _ofPrompts = [];

    public static Command Create() => new EvaluateCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "evaluate",
            "Judge prompts on labelled images, or answers to questions: accuracy with intervals, and paired tests.",
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
            cupola evaluate birds/ --examples few/ --shots 1,2,4 --report few.html --model openai/clip-vit-base-patch32
            cupola evaluate captions.jsonl --retrieval --model openai/clip-vit-base-patch32
            cupola evaluate val2014/ --questions questions.json --annotations annotations.json --vocabulary answers.txt
             --model openai/clip-vit-base-patch32
            cupola evaluate photos/ --questions questions.csv --model openai/clip-vit-base-patch32
            """
        )
        {
            _dataset,
            _retrieval,
        };
        _labels.AddTo(command);
        _sets.AddTo(command);
        _ensemble.AddTo(command);
        _weights.AddTo(command);
        _report.AddTo(command);
        _examples.AddTo(command);
        _ofPrompts.AddRange(command.Options.Where(option => option != _retrieval));
        Option[] ofQuestions = [_questions, _annotations, _vocabulary];
        foreach (Option option in ofQuestions)
        {
            command.Options.Add(option);
        }

        _caching.AddTo(command);
        _fetch.AddTo(command);
        command.Options.Add(_format);
        _model.AddTo(command);
        command.SetVerb(Run, _caching.WhenStopped);
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken) =>
        (parsed.GetValue(_retrieval), parsed.GetValue(_questions)) switch
        {
            (true, not null) => throw new ArgumentException("Name --retrieval or --questions, not both."),
            (true, _) => RunRetrieval(parsed, cancellationToken),
            (_, { } questions) => RunQuestions(parsed, questions, cancellationToken),
            _ when new Option<string>[] { _annotations, _vocabulary }.FirstOrDefault(option =>
                    parsed.GetValue(option) is not null
                )
                    is { } alone => throw new ArgumentException(
                $"{alone.Name} is about questions, and there are none; name their file by --questions."
            ),
            _ => RunPrompts(parsed, cancellationToken),
        };

    private int RunQuestions(ParseResult parsed, string questions, CancellationToken cancellationToken)
    {
        RequireNoPrompts(parsed, _questions);
        string images = parsed.GetValue(_dataset)!;
        QuestionDataset dataset = QuestionDataset.Read(images, questions, parsed.GetValue(_annotations));
        AnswerVocabulary vocabulary = _vocabulary.Read(parsed);
        using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
        int work = dataset.Questions.Count + dataset.Questions.DistinctBy(static question => question.Image).Count();
        QuestionEvaluation evaluation = _caching.With(parsed, cache =>
            WorkProgress.Items("Asking", work, progress =>
                QuestionEvaluation.Run(dataset, embedder, cache, vocabulary, progress, cancellationToken)
            )
        );
        return QuestionAnswering.Write(questions, evaluation, parsed.GetValue(_format));
    }

    private void RequireNoPrompts(ParseResult parsed, Option instead)
    {
        if (_ofPrompts.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } useless)
        {
            throw new ArgumentException(
                $"{useless.Name} is about labels and prompts, and {instead.Name} has neither; omit one of them."
            );
        }
    }

    private int RunRetrieval(ParseResult parsed, CancellationToken cancellationToken)
    {
        RequireNoPrompts(parsed, _retrieval);
        using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
        return _caching.With(parsed, cache =>
            RetrievalEvaluation.Run(
                parsed.GetValue(_dataset)!,
                _fetch.Read(parsed),
                embedder,
                cache,
                parsed.GetValue(_format),
                cancellationToken
            )
        );
    }

    private int RunPrompts(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? page = _report.Read(parsed);
        ClassEnsemble how = _ensemble.Read(parsed);
        IReadOnlyList<PromptWeighting> weightings = _weights.ReadAll(parsed, how);
        PromptSetRequest request = _sets.Read(parsed);
        string? examples = _examples.Read(parsed);
        LabeledDataset images = LabeledDataset.Read(
            parsed.GetValue(_dataset)!,
            _labels.Read(parsed),
            _fetch.Read(parsed),
            StandardStreams.Log
        );
        SingleLabel.Note(images.Labels);
        IReadOnlyList<NamedPromptSet> candidates = PromptCandidates.Create(
            request.Sources,
            images.Labels,
            request.ShuffleSeed,
            StandardStreams.Log
        );
        LabeledDataset? pool = examples is null
            ? null
            : LabeledDataset.ReadExamples(examples, images.Labels, images.Renamed, _fetch.Read(parsed), StandardStreams.Log);
        using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
        EmbeddedDataset embedded = _caching.Embed(parsed, images, embedder, cancellationToken);
        if (pool is not null)
        {
            EmbeddedDataset drawnFrom = _caching.Embed(parsed, pool, embedder, cancellationToken);
            _examples.Run(
                parsed,
                parsed.GetValue(_dataset)!,
                [.. candidates.SelectMany(candidate => Classifiers(candidate))],
                drawnFrom,
                embedded,
                parsed.GetValue(_format),
                page,
                cancellationToken
            );
            return embedded.Failed.Count + drawnFrom.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
        }

        DatasetEvaluation evaluation = new(
            parsed.GetValue(_dataset)!,
            _model.Name(parsed),
            [
                .. candidates.SelectMany(candidate =>
                    Classifiers(candidate)
                        .Select(each =>
                            EvaluationResult.Evaluate(
                                candidate with
                                {
                                    Name = each.Name,
                                },
                                each.Classifier,
                                embedded.Embeddings,
                                embedded.Truths
                            )
                        )
                ),
            ],
            [.. embedded.Failed.Select(FailureSentence.Write)]
        );
        EvaluationWriters.Write(evaluation, parsed.GetValue(_format));
        if (page is not null)
        {
            EvaluationReport.Write(page, evaluation, embedded.Images, cancellationToken);
        }

        return embedded.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;

        // Each weighting of one set is evaluated as a set of its own.
        IEnumerable<(string Name, ZeroShotClassifier Classifier)> Classifiers(NamedPromptSet candidate)
        {
            EncodedPrompts encoded = PromptOptions.Encode(embedder, candidate.Prompts, cancellationToken);
            return weightings.Select(weighting =>
                (
                    weighting == PromptWeighting.Even ? candidate.Name : $"zpe:{candidate.Name}",
                    ZeroShotClassifier.Create(encoded, how, PromptWeights.Create(weighting, encoded, embedded.Embeddings))
                )
            );
        }
    }
}
