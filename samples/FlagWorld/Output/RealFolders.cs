using System.Globalization;
using FlagWorld.Real;

namespace FlagWorld.Output;

/// <summary>The real flags and signs as a labeled folder: one folder each, named after the country or sign.</summary>
internal static class RealFolders
{
    /// <summary>Of the views of each, this many are flat and clean.</summary>
    private const int Flat = 1;

    public static void Write(string folder, int views, ulong seed, int size, CancellationToken stop)
    {
        using Image image = new(size);
        foreach ((int number, RealDesign real) in RealDesigns.All.Index())
        {
            string own = Path.Combine(folder, real.Name);
            Directory.CreateDirectory(own);
            for (int view = 0; view < views; view++)
            {
                stop.ThrowIfCancellationRequested();
                File.WriteAllBytes(
                    Path.Combine(own, string.Create(CultureInfo.InvariantCulture, $"{view:D2}.jpg")),
                    image.Draw(real, view < Flat, new CounterRandom(seed, (ulong)number).Fork((ulong)view))
                );
            }
        }
    }
}
