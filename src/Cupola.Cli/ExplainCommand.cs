using System.CommandLine;
using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;

namespace Cupola.Cli;

/// <summary><c>cupola explain</c>: where in images the cosine with a sentence comes from.</summary>
internal sealed class ExplainCommand
{
    private readonly ModelOptions _model = new();

    private readonly Argument<string[]> _images = ImageArguments.Create(ArgumentArity.OneOrMore);

    private readonly Option<string[]> _texts = new("--text", "-t")
    {
        Description = "A sentence; may be given several times.",
        HelpName = "TEXT",
        Required = true,
    };

    private readonly MapOption _map = new();

    private readonly Option<bool> _minusMean = new("--minus-mean")
    {
        Description = "Take the mean map of all labels off what is shown, so that what any sentence would show disappears.",
    };

    private readonly LabelOptions _labels = new("take the mean map of, as they stand");

    private readonly Option<bool> _orient = ImageArguments.CreateOrient();

    private readonly Option<string> _file = new("--output", "-o")
    {
        Description =
            "Draw the map over the image (.png; as the model saw it in -seen.png) or write it as numbers (.npy, [grid, grid]). "
            + "Of several images or texts, their numbers are added to the name: map-2-1.png is image 2, text 1.",
        HelpName = "FILE",
    };

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new ExplainCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "explain",
            "Show where in images the cosine with a sentence comes from.",
            """
            cupola explain flag.png --text "a red disc" -o map.png
            cupola explain dog.jpg --text "a photo of a dog" --model openai/clip-vit-base-patch32 --format json
            cupola explain dog.jpg -t "a dog" -t "a ball" -o map.png --model openai/clip-vit-base-patch32
            cupola explain dog.jpg -t "a dog" --minus-mean --labels "a dog,a ball,grass,a house" --map exact -o map.npy
             --model openai/clip-vit-base-patch32
            """
        )
        {
            _images,
            _texts,
            _file,
            _minusMean,
            _orient,
            _format,
        };
        _map.AddTo(command);
        _labels.AddTo(command);
        _model.AddTo(command);
        command.SetVerb(Run, static _ => "Stopped; what stands above is whole.");
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] texts = parsed.GetValue(_texts)!;
        string? output = parsed.GetValue(_file);
        MapFile.Check(output);
        IReadOnlyList<string>? labels = ReadLabels(parsed);
        using ClipEmbedder embedder = _model.LoadForOneAnswer(parsed, cancellationToken);
        MapKind kind = _map.Read(parsed);
        using MapEncoder encoder = MapEncoder.Create(embedder);
        encoder.Require(kind);
        PromptOptions.WarnOfCutTexts([.. texts, .. labels ?? []], embedder.Tokenizer, "text");
        ImageMaps maps = new(
            encoder,
            embedder.EmbedTexts(texts, progress: null, cancellationToken),
            kind,
            labels is null ? null : embedder.EmbedTexts(labels, progress: null, cancellationToken)
        );
        string[] images = [.. ImageArguments.Expand(parsed.GetValue(_images)!)];
        MapFile? file = output is null ? null : new(output, maps.Overlay, images.Length > 1, texts.Length > 1);
        ExplanationWriter writer = new(parsed.GetValue(_format));
        int failed = ImageArguments.Run("Explaining", images, (paths, progress) =>
        {
            int broken = 0;
            foreach ((int index, string path) in paths.Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                (RgbImage? image, string? error) = Decode(path, parsed.GetValue(_orient), cancellationToken);
                using (image)
                {
                    if (image is null)
                    {
                        broken++;
                        writer.WriteError(path, error!);
                    }
                    else
                    {
                        Explain(path, image, index);
                    }
                }

                progress?.Report(1);
            }

            Console.Out.Flush();
            return broken;
        });
        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;

        void Explain(string path, RgbImage image, int index)
        {
            ImageExplanation explained = maps.Explain(image);
            for (int text = 0; text < texts.Length; text++)
            {
                string? written = file?.Write(image, explained.Shown[text], index, text);
                writer.Write(path, texts[text], explained.Exact[text], written);
            }
        }
    }

    private static (RgbImage? Image, string? Error) Decode(string path, bool orient, CancellationToken cancellationToken)
    {
        try
        {
            return (ImageSource.FromPath(path).DecodeShared(orient, cancellationToken), null);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return (null, exception.Message);
        }
    }

    private IReadOnlyList<string>? ReadLabels(ParseResult parsed) =>
        (parsed.GetValue(_minusMean), _labels.AreNamed(parsed)) switch
        {
            (true, false) => throw new ArgumentException(
                "--minus-mean takes off the mean map of labels, and there are none; name them by --labels or --labels-file."
            ),
            (false, true) => throw new ArgumentException(
                "--labels are for --minus-mean, which is not there; add it, or omit them."
            ),
            (true, true) => _labels.Read(parsed),
            _ => null,
        };
}
