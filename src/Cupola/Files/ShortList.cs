using static System.FormattableString;

namespace Cupola.Files;

/// <summary>Names in a sentence that may be many.</summary>
internal static class ShortList
{
    private const int MostShown = 5;

    /// <summary>The first of some names, and how many more there are.</summary>
    public static string Join(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostShown))
        + (names.Count > MostShown ? Invariant($" and {names.Count - MostShown} more") : "");
}
