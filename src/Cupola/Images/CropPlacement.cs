using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>Where an image lies in the model's view of it: resized, then cropped or padded.</summary>
/// <param name="Across">From the left.</param>
/// <param name="Down">From the top.</param>
internal sealed record CropPlacement(CropAxis Across, CropAxis Down);

/// <summary>One axis of it; positions are those of pixels' edges, so that a first pixel's middle is at 0.5.</summary>
/// <param name="Scale">Pixels of the view a pixel of the image.</param>
/// <param name="Offset">Where the image's edge lies in the view; negative where it is cropped.</param>
/// <param name="First">Where the view begins to show the image.</param>
/// <param name="End">Where it ends to do so.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CropAxis(double Scale, double Offset, double First, double End)
{
    /// <summary>From the image to the view.</summary>
    public double ToView(double position) => (position * Scale) + Offset;
}
