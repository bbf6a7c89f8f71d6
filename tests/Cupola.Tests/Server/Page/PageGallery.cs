using Cupola.Tests.Retrieval;
using FlagWorld;
using FlagWorld.Output;
using FlagWorld.Real;

namespace Cupola.Tests.Server.Page;

/// <summary>Images to search: real flags and signs, names that are hard to show, and photos with a date and a camera.</summary>
internal static class PageGallery
{
    private const int Side = 96;

    /// <summary>What a file may be called where file systems allow it.</summary>
    public static readonly string[] HostileNames = OperatingSystem.IsWindows()
        ? ["100% #1 &amp; a=b.png", "علم اليابان 🎏.png"]
        :
        [
            "<img src=x onerror=document.title='taken'>.png",
            "100% #1 ?a=b&amp;c.png",
            "\"quoted\" 'name' 🎏.png",
            "علم اليابان.png",
            "\u202egpj.exe.png",
            "back\\slash\nline.png",
        ];

    /// <summary>The flag that stands under hostile names; nothing else is so much like it.</summary>
    public static byte[] Japan { get; } = Draw("Japan");

    /// <summary>Writes them.</summary>
    /// <returns>How many.</returns>
    public static int Write(string folder)
    {
        string flags = Make(folder, "flags"),
            names = Make(folder, "names"),
            photos = Make(folder, "photos");
        using Image image = new(Side);
        int count = 0;
        foreach ((int number, RealDesign real) in RealDesigns.All.Index())
        {
            foreach (bool flat in (bool[])[true, false])
            {
                File.WriteAllBytes(
                    Path.Combine(flags, $"{real.Name}{(flat ? "" : " waving")}.jpg"),
                    image.Draw(real, flat, new CounterRandom(1, (ulong)number))
                );
                count++;
            }
        }

        foreach (string name in HostileNames)
        {
            File.WriteAllBytes(Path.Combine(names, name), Japan);
        }

        File.WriteAllBytes(Path.Combine(photos, "spring.jpg"), ExifPhoto.Create("2019:05:03 10:00:00", "Canon", "EOS 5D"));
        File.WriteAllBytes(Path.Combine(photos, "autumn.jpg"), ExifPhoto.Create("2022:10:20 18:30:00", "Nikon", "Z 6"));
        return count + HostileNames.Length + 2;
    }

    /// <summary>A real flag as PNG.</summary>
    public static byte[] Draw(string name)
    {
        using Image image = new(Side);
        return image.DrawFlat(RealDesigns.Named(name));
    }

    private static string Make(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
