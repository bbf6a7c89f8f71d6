using System.Runtime.InteropServices;
using Cupola.Files;
using NetVips;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>Writes images as PNG.</summary>
internal static class PngFile
{
    /// <summary>Writes RGB bytes [height, width, 3] as PNG, atomically.</summary>
    public static void Write(string path, byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != (long)width * height * 3)
        {
            throw new ArgumentException(Invariant($"{pixels.Length} bytes are not {width} × {height} pixels."), nameof(pixels));
        }

        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            using Image image = Image.NewFromMemory(
                pinned.AddrOfPinnedObject(),
                (ulong)pixels.Length,
                width,
                height,
                3,
                Enums.BandFormat.Uchar
            );
            using Image rgb = image.Copy(interpretation: Enums.Interpretation.Srgb);
            byte[] png = rgb.PngsaveBuffer();
            AtomicFile.Write(path, stream => stream.Write(png));
        }
        finally
        {
            pinned.Free();
        }
    }
}
