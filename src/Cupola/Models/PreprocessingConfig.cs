using Cupola.Images;

namespace Cupola.Models;

/// <summary>
/// What happens to images, as a model's files say: transformers' processor_config.json (version 5 nests it there under
/// image_processor) or preprocessor_config.json, or preprocess_cfg of open_clip_config.json.
/// </summary>
internal static class PreprocessingConfig
{
    /// <summary>1 ÷ 255, what every CLIP multiplies bytes with.</summary>
    private const double RescaleFactor = 1 / 255.0;

    /// <summary>The preprocessing of a processor_config.json, or nothing where it has none, as those of transformers 4.</summary>
    /// <param name="path">The file.</param>
    /// <param name="usual">What the family does where the file is silent.</param>
    public static ImagePreprocessing? ReadProcessor(string path, ImagePreprocessing usual) =>
        ConfigJson.Read(path).Object("image_processor") is { } config ? ReadTransformers(config, usual) : null;

    /// <inheritdoc cref="ReadProcessor"/>
    public static ImagePreprocessing ReadTransformers(string path, ImagePreprocessing usual) =>
        ReadTransformers(ConfigJson.Read(path), usual);

    /// <inheritdoc cref="ReadProcessor"/>
    public static ImagePreprocessing ReadOpenClip(string path, ImagePreprocessing usual)
    {
        if (ConfigJson.Read(path).Object("preprocess_cfg") is not { } config)
        {
            return usual;
        }

        int size = config.Integers("size") is { } sides
            ? sides.Length == 2 && sides[0] == sides[1]
                ? sides[0]
                : throw config.Wrong("size", "is not square, and Cupola takes square images")
            : config.Integer("size", usual.Size);
        ResizeMode mode = config.Text("resize_mode") switch
        {
            null => usual.Mode,
            "shortest" => ResizeMode.Shortest,
            "longest" => ResizeMode.Longest,
            "squash" => ResizeMode.Squash,
            { } other => throw config.Wrong("resize_mode", $"is '{other}'; there are shortest, longest and squash"),
        };
        Interpolation interpolation = config.Text("interpolation") switch
        {
            null => usual.Interpolation,
            "bicubic" or "random" => Interpolation.Bicubic,
            "bilinear" => Interpolation.Bilinear,
            { } other => throw config.Wrong("interpolation", $"is '{other}'; there are bicubic and bilinear"),
        };
        int fill = config.Integers("fill_color") is { } channels
            ? channels.Distinct().Count() == 1
                ? channels[0]
                : throw config.Wrong("fill_color", "is no shade of grey, and open_clip takes one number for all channels")
            : config.Integer("fill_color", 0);
        return Checked(config, size, size, mode, interpolation, config.Channels("mean"), config.Channels("std"), fill, usual);
    }

    private static ImagePreprocessing ReadTransformers(ConfigJson config, ImagePreprocessing usual)
    {
        foreach (string step in new[] { "do_resize", "do_rescale", "do_normalize" })
        {
            if (!config.Flag(step, true))
            {
                throw config.Wrong(step, "is off, which no CLIP was trained with");
            }
        }

        if (Math.Abs(config.Number("rescale_factor", RescaleFactor) - RescaleFactor) > 1e-9)
        {
            throw config.Wrong("rescale_factor", "is not 1/255, which every CLIP was trained with");
        }

        (int resize, ResizeMode mode) = ReadSize(config, usual);
        bool crops = config.Flag("do_center_crop", usual.Mode != ResizeMode.Squash);
        int size =
            !crops ? resize
            : config.IsObject("crop_size") ? Square(config.RequiredObject("crop_size"))
            : config.Integer("crop_size", usual.Size);
        if (!crops && mode == ResizeMode.Shortest)
        {
            throw config.Wrong("do_center_crop", "is off, so that images keep their shape, and the model takes squares");
        }

        return Checked(
            config,
            size,
            resize,
            mode,
            ReadInterpolation(config, "resample", usual.Interpolation),
            config.Channels("image_mean"),
            config.Channels("image_std"),
            fill: 0,
            usual
        );
    }

    private static (int Size, ResizeMode Mode) ReadSize(ConfigJson config, ImagePreprocessing usual)
    {
        if (!config.IsObject("size"))
        {
            return (config.Integer("size", usual.Size), usual.Mode);
        }

        ConfigJson size = config.RequiredObject("size");
        return size.Has("shortest_edge")
            ? (size.Integer("shortest_edge"), ResizeMode.Shortest)
            : (Square(size), ResizeMode.Squash);
    }

    private static int Square(ConfigJson size) =>
        size.Integer("height") == size.Integer("width")
            ? size.Integer("height")
            : throw size.Wrong("width", "is not the height, and Cupola takes square images");

    private static Interpolation ReadInterpolation(ConfigJson config, string key, Interpolation usual) =>
        config.Integer(key, (int)usual) is int number && Enum.IsDefined((Interpolation)number)
            ? (Interpolation)number
            : throw config.Wrong(key, "is none of Pillow's filters, 0 to 5");

    private static ImagePreprocessing Checked(
        ConfigJson config,
        int size,
        int resize,
        ResizeMode mode,
        Interpolation interpolation,
        float[]? mean,
        float[]? deviation,
        int fill,
        ImagePreprocessing usual
    )
    {
        if (size is < 1 or > 4096 || resize is < 1 or > 4096)
        {
            throw config.Wrong("size", "is not between 1 and 4096 pixels");
        }

        ImagePreprocessing preprocessing = usual with
        {
            Size = size,
            ResizeSize = resize,
            Mode = mode,
            Interpolation = interpolation,
            FillColor = (byte)Math.Clamp(fill, 0, 255),
        };
        preprocessing = mean is null ? preprocessing : preprocessing with { Mean = mean };
        return deviation is null ? preprocessing
            : deviation.All(static value => value > 0) ? preprocessing with { StandardDeviation = deviation }
            : throw config.Wrong("std", "is not positive");
    }
}
