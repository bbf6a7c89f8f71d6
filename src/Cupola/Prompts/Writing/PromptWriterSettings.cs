using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>
/// Settings of <see cref="PromptWriter"/>. The defaults are CuPL's (<c>generate_image_prompts.py</c>: temperature 0.99, 50
/// tokens).
/// </summary>
public sealed record PromptWriterSettings
{
    /// <summary>The language model's name, as its server knows it.</summary>
    public required string Model { get; init; }

    /// <summary>The temperature of sampling: high, so that ten answers to one question differ.</summary>
    public float Temperature { get; init; } = 0.99f;

    /// <summary>
    /// The longest answer, in the language model's tokens. If it is cut before its first sentence ends, the question is asked
    /// once more with four times as many.
    /// </summary>
    public int MaxTokens { get; init; } = 50;

    /// <summary>
    /// What distinguishes the meanings of names: "a type of bird", "satellite photo of" (<see cref="PromptQuestion.Format"/>).
    /// </summary>
    public string? Domain { get; init; }

    /// <summary>How many questions are sent at the same time.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>How long a server may be silent, before its first word and between two, until the request times out.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The pause before the second attempt; it doubles with each attempt.</summary>
    internal TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    internal void Check()
    {
        string? problem =
            string.IsNullOrWhiteSpace(Model) ? "The language model has no name."
            : !(Temperature >= 0 && Temperature <= 2) ? Invariant($"The temperature is {Temperature}; it can be from 0 to 2.")
            : MaxTokens is < 1 or > 100_000
                ? Invariant($"An answer of at most {MaxTokens} tokens is asked for; it can be from 1 to 100000.")
            : Concurrency is < 1 or > 1000
                ? Invariant($"{Concurrency} questions at a time are asked for; it can be from 1 to 1000.")
            : RequestTimeout <= TimeSpan.Zero || RequestTimeout > TimeSpan.FromDays(1)
                ? "The request timeout must be more than zero and at most a day."
            : null;
        if (problem is not null)
        {
            throw new ArgumentException(problem);
        }
    }
}
