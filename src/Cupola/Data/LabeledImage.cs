namespace Cupola.Data;

/// <summary>An image with its label.</summary>
/// <param name="Image">The image's source, with its name.</param>
/// <param name="Label">The class name.</param>
public sealed record LabeledImage(ImageSource Image, string Label)
{
    /// <summary>The image's name: a path, or an entry of an archive.</summary>
    public string Name => Image.Name;
}
