using System.CommandLine;
using System.Security.Cryptography;
using Cupola.Embedding;
using Cupola.Images;

namespace Cupola.Cli;

/// <summary><c>cupola inspect pixels</c>: what the model sees.</summary>
internal sealed class InspectPixelsCommand
{
    private readonly ModelOptions _model = new("images are seen as CLIP sees them at 224 pixels");

    private readonly Argument<string[]> _images = ImageArguments.Create(ArgumentArity.OneOrMore);

    private readonly NumberOption<int> _size = new("--size", 1, 4096)
    {
        Description = "CLIP's preprocessing at so many pixels, in place of a model's.",
        HelpName = "N",
    };

    private readonly Option<bool> _orient = ImageArguments.CreateOrient();

    private readonly Option<string> _file = new("--output", "-o")
    {
        Description = "Write the crop of one image as .png or .npy (uint8, [height, width, 3]).",
        HelpName = "FILE",
    };

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new InspectPixelsCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "pixels",
            "Show what the model sees of images: the crop's hash, and the crop itself.",
            """
            cupola inspect pixels dog.jpg --size 224 -o seen.png
            cupola inspect pixels photos/ --model openai/clip-vit-base-patch32 --format json
            """
        )
        {
            _images,
            _size,
            _file,
            _orient,
            _format,
        };
        _model.AddTo(command);
        command.SetVerb(Run, static _ => "Stopped; what stands above is whole.");
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        int? pixels = parsed.GetValue(_size);
        ImagePreprocessing preprocessing;
        if (pixels is not null || !_model.IsNamed(parsed))
        {
            preprocessing = new(pixels ?? 224);
        }
        else
        {
            using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
            preprocessing = embedder.Preprocessing;
        }

        string? path = parsed.GetValue(_file);
        ImageReader reader = new(preprocessing, parsed.GetValue(_orient), Environment.ProcessorCount);
        OutputFormat kind = parsed.GetValue(_format);
        CsvOutput? rows = kind == OutputFormat.Csv ? new("image", "width", "height", "sha256", "error") : null;
        int failed = 0,
            shown = 0;
        foreach (
            PreparedImage image in reader.Prepare(
                ImageArguments.Expand(parsed.GetValue(_images)!).Select(ImageSource.FromPath),
                ahead: 16,
                cancellationToken
            )
        )
        {
            if (path is not null && ++shown > 1)
            {
                throw new ArgumentException($"--output {path} takes one image, and there are more; the first is written.");
            }

            failed += Show(image, preprocessing.Size, kind, rows, path) ? 0 : 1;
        }

        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static bool Show(PreparedImage prepared, int size, OutputFormat format, CsvOutput? rows, string? path)
    {
        string image = prepared.Path;
        if (prepared.Pixels is null)
        {
            Console.Error.WriteLine(prepared.Error);
            if (format == OutputFormat.Json)
            {
                Output.WriteJson(new { image, error = prepared.Error });
            }

            rows?.Write(image, null, null, null, prepared.Error);

            return false;
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(prepared.Pixels));
        switch (format)
        {
            case OutputFormat.Json:
                Output.WriteJson(
                    new
                    {
                        image,
                        width = size,
                        height = size,
                        sha256,
                    }
                );
                break;
            case OutputFormat.Csv:
                rows!.Write(image, size, size, sha256, null);
                break;
            default:
                Console.Out.WriteLine($"{image}  {size} × {size}  {sha256}");
                break;
        }

        if (path is not null)
        {
            WriteCrop(path, prepared.Pixels, size);
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
                throw new ArgumentException($"--output {path} has an unknown extension; name a .png or a .npy file.");
        }
    }
}
