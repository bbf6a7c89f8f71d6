using Cupola.Images;

namespace Cupola.Data;

/// <summary>A picture of which it is known what it shows.</summary>
/// <param name="Picture">Where it is to be had, and what it is called.</param>
/// <param name="Label">The class name.</param>
public sealed record LabelledPicture(PictureSource Picture, string Label)
{
    /// <summary>What people call the picture: a path, or an entry of an archive.</summary>
    public string Name => Picture.Name;
}
