using System.Globalization;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// How long the room works, which a person says by environment variables: <c>CUPOLA_FUZZ_MINUTES</c>, for all kinds together;
/// <c>CUPOLA_FUZZ_SEED</c>, the first number of the random sequence; <c>CUPOLA_FUZZ_KINDS</c>, separated by commas;
/// <c>CUPOLA_FUZZ_FINDINGS</c>, the folder in which findings and counts are kept; and <c>CUPOLA_FUZZ_REPLAY</c>, a finding to
/// read again.
/// </summary>
internal static class FuzzSettings
{
    /// <summary>Inputs of a kind where nobody says how long: some seconds for all kinds.</summary>
    public const int UsualInputs = 40;

    private const int UsualSeed = 14;

    /// <summary>For all kinds together, or null.</summary>
    public static TimeSpan? Time =>
        Variable("MINUTES") is { } minutes ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)) : null;

    public static int Seed => Variable("SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : UsualSeed;

    public static string? Replay => Variable("REPLAY");

    public static string Findings =>
        Path.GetFullPath(Variable("FINDINGS") ?? Path.Combine(SharedFolder.Root, "artifacts", "fuzz"));

    /// <summary>Whether a kind was asked for.</summary>
    public static bool Includes(string kind) =>
        Variable("KINDS") is not { } kinds || kinds.Split(',').Contains(kind, StringComparer.Ordinal);

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable($"CUPOLA_FUZZ_{name}") is { Length: > 0 } value ? value : null;
}
