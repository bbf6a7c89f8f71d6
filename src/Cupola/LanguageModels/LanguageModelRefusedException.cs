namespace Cupola.LanguageModels;

/// <summary>A server said that something is wrong, by a status or within its answer.</summary>
internal sealed class LanguageModelRefusedException(LanguageModelError error) : Exception(error.Reason)
{
    /// <summary>What it said.</summary>
    public LanguageModelError Error { get; } = error;

    /// <summary>What it sent, where that is neither an answer nor an error.</summary>
    public string? Unreadable { get; init; }

    /// <summary>Whether nothing that is asked takes questions at this address.</summary>
    public bool IsWrongAddress => Unreadable is not null || Error.IsWrongAddress;

    /// <summary>Whether it said so by a web page.</summary>
    public bool IsPage { get; init; }

    /// <summary>How long it asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Where it says it is.</summary>
    public Uri? Location { get; init; }
}
