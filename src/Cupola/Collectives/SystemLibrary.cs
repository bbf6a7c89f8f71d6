using System.Runtime.InteropServices;

namespace Cupola.Collectives;

/// <summary>Functions of the system's C library that .NET does not offer.</summary>
internal static unsafe class SystemLibrary
{
    private static readonly string[] Names = ["libc.so.6", "libdl.so.2", "libSystem.dylib"];

    /// <summary>Found once: a rank that waits asks for its parent all the time.</summary>
    private static readonly nint GetParent = Find("getppid");

    /// <summary>The process that started this one; another one when it has ended.</summary>
    public static int Parent => GetParent == 0 ? 0 : ((delegate* unmanaged<int>)GetParent)();

    /// <summary>
    /// The address of a function, 0 where there is none; older systems have <c>dlopen</c> in a library of its own.
    /// </summary>
    public static nint Find(string name) =>
        Names
            .Select(library =>
                NativeLibrary.TryLoad(library, out nint handle) && NativeLibrary.TryGetExport(handle, name, out nint function)
                    ? function
                    : 0
            )
            .FirstOrDefault(static function => function != 0);

    /// <summary>
    /// Ends this process without its libraries' last words: one that lost its peers would wait for them.
    /// </summary>
    public static void Exit(int code)
    {
        if (Find("_exit") is not 0 and var exit)
        {
            ((delegate* unmanaged<int, void>)exit)(code);
        }

        Environment.Exit(code);
    }
}
