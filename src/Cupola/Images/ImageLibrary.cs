using NetVips;

namespace Cupola.Images;

/// <summary>
/// Settings of libvips, which hold for all of a process: its owner decides about them, and decoding is right without.
/// </summary>
internal static class ImageLibrary
{
    /// <summary>
    /// The switch of <see cref="AppContext"/> by which the owner of a process says that only Cupola uses libvips there.
    /// </summary>
    public const string OnlyUserSwitch = "Cupola.Images.IsOnlyUserOfLibvips";

    /// <summary>Sets libvips up, in a process that does nothing with it but decode as Cupola does.</summary>
    public static void Configure()
    {
        if (!AppContext.TryGetSwitch(OnlyUserSwitch, out bool isOnlyUser) || !isOnlyUser)
        {
            return;
        }

        // Images are decoded side by side on threads of our own; a cache of operations would only hold memory.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Cache.MaxMem = 0;
        // libvips speaks of odd color profiles on standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
    }
}
