using System.Globalization;
using Cupola.Embedding;
using Cupola.Images;
using Cupola.Maps;

namespace Cupola.Cli;

/// <summary>Where maps are written.</summary>
/// <param name="path">As the command line names it.</param>
/// <param name="overlay">Draws maps.</param>
/// <param name="severalImages">Whether an image's number is added to the name.</param>
/// <param name="severalTexts">Whether a text's number is added to the name.</param>
internal sealed class MapFile(string path, MapOverlay overlay, bool severalImages, bool severalTexts)
{
    /// <summary>That it can be written is seen to before anything is worked out.</summary>
    public static void Check(string? path)
    {
        if (path is null)
        {
            return;
        }

        if (Path.GetExtension(path) is not (".png" or ".npy"))
        {
            throw new ArgumentException($"--output {path} has an unknown extension; name a .png or a .npy file.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new ArgumentException($"There is no folder {folder} to write --output into; make it first.");
        }
    }

    /// <summary>Writes one map, and gives the file's name.</summary>
    public string Write(RgbImage image, HeatMap map, int imageIndex, int textIndex)
    {
        string numbers = (severalImages ? Number(imageIndex) : "") + (severalTexts ? Number(textIndex) : ""),
            file = WithSuffix(numbers);
        if (Path.GetExtension(path) == ".npy")
        {
            NumpyFile.Write(file, map.Values, map.Grid, map.Grid);
            return file;
        }

        float[] shares = map.Shares();
        using (RgbImage whole = overlay.OnImage(image, MapOverlay.LongestSide, shares, HeatColors.Heat))
        {
            PngFile.Write(file, whole.Bytes.ToArray(), whole.Width, whole.Height);
        }

        using RgbImage seen = overlay.OnView(image, shares, HeatColors.Heat);
        PngFile.Write(WithSuffix($"{numbers}-seen"), seen.Bytes.ToArray(), seen.Width, seen.Height);
        return file;
    }

    private string WithSuffix(string suffix) => $"{path[..^Path.GetExtension(path).Length]}{suffix}{Path.GetExtension(path)}";

    private static string Number(int index) => string.Create(CultureInfo.InvariantCulture, $"-{index + 1}");
}
