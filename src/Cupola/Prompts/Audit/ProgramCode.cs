using System.Text.RegularExpressions;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds program code in place of a sentence. Models that learned from code continue it: asked to describe something, CuPL's
/// model wrote tests in Ruby, in which "describe … do" begins a test.
/// </summary>
internal static class ProgramCode
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    /// <summary>One match is enough.</summary>
    private static readonly Regex Certain = new(
        @"\bexpect\(|\bdo\s*(?:\|\w+\|)?\s*\n\s*(?:it|let|before|after|context|describe|def|expect|subject|visit|end|scenario)\b"
            + @"|\b(?:it|context|describe|scenario) [""'][^""'\n]*[""'] do\b|\bit \{|#include|printf\(|console\.log|\bdef "
            + @"\w+|\bFactoryGirl\b|\bfunction\s*\w*\(|\w\(\)\s*[;{.]|\breturn [^.\n]*;",
        Options
    );

    /// <summary>Two matches are needed.</summary>
    private static readonly Regex[] Likely =
    [
        .. new[]
        {
            "=>",
            "::",
            @";\s*\n",
            "==",
            @"[{}]",
            @"\bend\b\s*(?:\n|\W*$)",
            @"\bputs\b",
            @"\w_\w",
            @"\bnil\b",
            @"(?:^|\s)@\w",
            @"\w\.\w+\(",
            @"\bdo\s*\n",
            @"\w\(\)",
            @"\b(?:let|var|const) \w+ =",
            @"\b\w+ = \S",
            "-> ?[{(]",
            "</?[A-Z]",
        }.Select(static sign => new Regex(sign, Options)),
    ];

    /// <summary>What is wrong with the text, or null.</summary>
    public static string? Problem(string text) =>
        Certain.IsMatch(text) || Likely.Count(sign => sign.IsMatch(text)) >= 2 ? "is program code" : null;
}
