using System.Globalization;

namespace Cupola.Cli;

/// <summary>Writes where cosines come from, for people and for programs.</summary>
internal sealed class ExplanationWriter(OutputFormat format)
{
    private readonly CsvOutput? _rows =
        format == OutputFormat.Csv
            ? new(
                "image",
                "text",
                "cosine",
                "map",
                "classToken",
                "attentionBias",
                "earlier",
                "mlp",
                "initial",
                "normBias",
                "output",
                "error"
            )
            : null;

    private string? _image;

    /// <summary>Writes the exact map of an image and a text.</summary>
    /// <param name="image">The image.</param>
    /// <param name="text">The text.</param>
    /// <param name="map">Its map and the other terms.</param>
    /// <param name="output">The file that shows it; null where there is none.</param>
    public void Write(string image, string text, ImageMap map, string? output)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(image, text, map, output);
                break;
            case OutputFormat.Csv:
                _rows!.Write([image, text, map.Cosine, .. map.Terms.Cast<object>(), output, null]);
                break;
            default:
                WriteTable(image, text, map, output);
                break;
        }
    }

    public void WriteError(string image, string error)
    {
        Console.Error.WriteLine(error);
        if (format == OutputFormat.Json)
        {
            Output.WriteJson(new { image, error });
        }

        _rows?.Write([image, .. new object?[10], error]);
    }

    private static void WriteJson(string image, string text, ImageMap map, string? output)
    {
        Dictionary<string, object> line = new()
        {
            ["image"] = image,
            ["text"] = text,
            ["cosine"] = map.Cosine,
            ["map"] = map.Values.ToArray().Chunk(map.Columns),
            ["classToken"] = map.ClassToken,
            ["attentionBias"] = map.AttentionBias,
            ["earlier"] = map.Earlier,
            ["mlp"] = map.Mlp,
            ["initial"] = map.Initial,
            ["normBias"] = map.NormBias,
        };
        if (output is not null)
        {
            line["output"] = output;
        }

        Output.WriteJson(line);
    }

    private void WriteTable(string image, string text, ImageMap map, string? output)
    {
        if (image != _image)
        {
            _image = image;
            TextTable.WriteName(image);
        }

        Console.Out.WriteLine($"  {text}{(output is null ? "" : $" ► {output}")}");
        TextTable.Write(
            ["#cosine", "#places", "#class token", "#attention bias", "#earlier layers", "#MLP", "#initial", "#norm bias"],
            [
                [
                    .. map
                        .Terms.Prepend(map.Cosine)
                        .Select(static term => term.ToString("0.0000;−0.0000", CultureInfo.InvariantCulture)),
                ],
            ]
        );
    }
}
