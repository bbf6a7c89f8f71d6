using System.CommandLine;
using Cupola.Evaluation;
using Cupola.Explanation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary><c>cupola classify</c>: zero-shot classification.</summary>
internal sealed class ClassifyCommand
{
    private readonly ModelOptions _model = new();

    private readonly ClassifierOptions _options = new();

    private readonly Argument<string[]> _images = ImageArguments.Create(ArgumentArity.OneOrMore);

    private readonly NumberOption<int> _top = new("--top", 1)
    {
        Description = "How many labels to show.",
        DefaultValueFactory = static _ => 5,
        HelpName = "K",
    };

    private readonly Option<bool> _orient = ImageArguments.CreateOrient();

    private readonly PageOption _explain = new(
        "--explain",
        "Write a page that shows each image, the prompts that spoke for and against its label, and where in the image it is."
    );

    private readonly MapOption _map = new();

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new ClassifyCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "classify",
            "Say what is in images.",
            """
            cupola classify flag.png --prompts flags.json --by-name "a photo of the flag of {}."
            cupola classify dog.jpg --labels "dog,cat,horse" --model openai/clip-vit-base-patch32
            cupola classify photos/ --labels-file birds.txt --templates imagenet-7 --top 1 --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --model openai/clip-vit-base-patch32 --format json > answers.jsonl
            cupola classify frog.jpg --prompts cupl.json --explain why.html --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --weights zpe --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --calibrate labelled/ --save-classifier birds.safetensors
             --model openai/clip-vit-base-patch32
            cupola classify photos/ --labels-file birds.txt --examples few/ --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --examples few/ --method gda --save-classifier birds.safetensors
             --model openai/clip-vit-base-patch32
            cupola classify photos/ --classifier birds.safetensors --threshold 0.7 --model openai/clip-vit-base-patch32
            cupola classify street.jpg --labels "car,bicycle,dog" --multi-label --model openai/clip-vit-base-patch32
            """
        )
        {
            _images,
            _top,
            _orient,
        };
        _explain.AddTo(command);
        _map.AddTo(command);
        command.Options.Add(_format);
        _model.AddTo(command);
        _options.AddTo(command);
        command.SetVerb(Run, static _ => "Stopped; the answers so far are whole.");
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        int shown = _top.Read(parsed);
        string? page = _explain.Read(parsed);
        if (page is null && _map.IsNamed(parsed))
        {
            throw new ArgumentException("--map is about the page that --explain writes; name one, or omit --map.");
        }

        ClassifierRequest request = _options.Read(parsed, explained: page is not null);
        PromptTemplate? byName = _options.ReadByName(parsed);
        LabeledDataset? labeled = request.Saved is null ? _options.OpenCalibration(parsed, request.Prompts!.ClassNames) : null;
        using ClipEmbedder embedder = _model.LoadForOneAnswer(parsed, cancellationToken);
        using AnswerMaps? maps = page is null ? null : new(embedder, _map.Read(parsed));
        string[] named = parsed.GetValue(_images)!;
        EmbeddedImages? known = request.LearnsFromImages ? EmbeddedImages.Embed(named, Embed) : null;
        OutputFormat format = parsed.GetValue(_format);
        PreparedClassifier prepared = PreparedClassifier.Create(
            _options,
            parsed,
            request,
            labeled,
            embedder,
            known?.Embeddings,
            format,
            cancellationToken
        );
        int failed = prepared.Failed;
        Classification classification = new(
            prepared.Classifier,
            byName is null
                ? null
                : ZeroShotClassifier.Create(
                    embedder,
                    PromptSet.FromTemplates(prepared.Classifier.Labels, [byName]),
                    cancellationToken: cancellationToken
                ),
            page is null ? null : Influence((SingleLabelAnswers)prepared.Classifier, request.Ensemble),
            page is null ? null : prepared.Examples,
            shown,
            ClassificationWriter.Create(format)
        );
        failed += known is not null
            ? classification.Write(known.Images, progress: null)
            : ImageArguments.Run("Classifying", named, (paths, progress) => classification.Write(Embed(paths), progress));
        if (maps is not null)
        {
            classification.WriteReport(page!, parsed.GetValue(_orient), maps);
        }

        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;

        IEnumerable<EmbeddedImage> Embed(IEnumerable<string> paths) =>
            embedder.EmbedImages(paths.Select(ImageSource.FromPath), parsed.GetValue(_orient), cache: null, cancellationToken);
    }

    private static PromptInfluence Influence(SingleLabelAnswers classifier, ClassEnsemble ensemble) =>
        new(classifier.Encoded!, ensemble, classifier.Weights);
}
