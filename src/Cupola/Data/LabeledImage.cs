namespace Cupola.Data;

/// <summary>An image of which it is known what it shows.</summary>
/// <param name="Image">Where it is to be had, and what it is called.</param>
/// <param name="Label">The class name.</param>
public sealed record LabeledImage(ImageSource Image, string Label)
{
    /// <summary>What people call the image: a path, or an entry of an archive.</summary>
    public string Name => Image.Name;
}
