using NetVips;

namespace Cupola.Images;

/// <summary>
/// Settings of libvips, which hold for all of a process: whoever owns the process makes them, and decoding is right without.
/// </summary>
internal static class ImageLibrary
{
    /// <summary>Sets libvips up for a process that does nothing with it but decode as Cupola does.</summary>
    public static void Configure()
    {
        // Images are decoded side by side on threads of our own; a cache of operations would only hold memory.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Cache.MaxMem = 0;
        // libvips speaks of odd colour profiles on standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
    }
}
