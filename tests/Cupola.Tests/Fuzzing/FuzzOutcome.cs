namespace Cupola.Tests.Fuzzing;

/// <summary>What became of an input: a value, a refusal of the contract, or a finding.</summary>
/// <param name="Refusal">The sentence by which it was refused, or null.</param>
/// <param name="Finding">What was wrong with what became of it, or null.</param>
internal sealed record FuzzOutcome(string? Refusal, string? Finding)
{
    private const int LongestSentence = 5000;

    private static readonly string[] ProgramWords = ["   at ", "Exception of type", "(Parameter '", "Object reference"];

    /// <summary>Reads an input and judges what comes of it.</summary>
    /// <param name="target">Who reads it.</param>
    /// <param name="path">Where it lies.</param>
    public static FuzzOutcome Of(FuzzTarget target, string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? wrong = null;
        Exception? thrown = null;
        try
        {
            target.Read(path, sentence => wrong ??= Fault(sentence));
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        string? finding =
            thrown is null ? wrong
            : !IsOfContract(thrown) ? thrown.ToString()
            : Fault(thrown.Message) is { } fault ? $"{fault}{Environment.NewLine}{thrown}"
            : wrong;
        finding ??= allocated > target.MostBytes ? $"It took {allocated >> 20} MB of memory." : null;
        return new(thrown?.Message, finding);
    }

    /// <summary>These types and none derived from them, whose messages are not ours.</summary>
    private static bool IsOfContract(Exception exception) =>
        (
            (Type[])[typeof(InvalidDataException), typeof(FileNotFoundException), typeof(ArgumentException), typeof(IOException)]
        ).Contains(exception.GetType());

    /// <summary>What is wrong with a sentence for a person, or null.</summary>
    private static string? Fault(string sentence) =>
        sentence.Any(char.IsControl) ? $"A sentence holds control characters: {Shown(sentence)}"
        : sentence.Length > LongestSentence ? $"A sentence has {sentence.Length} characters: {Shown(sentence[..200])}"
        : !sentence.EndsWith('.') && !sentence.EndsWith(')') ? $"A sentence does not end: {Shown(sentence)}"
        : ProgramWords.Any(word => sentence.Contains(word, StringComparison.Ordinal)) ? $"A program speaks: {sentence}"
        : null;

    private static string Shown(string sentence) =>
        string.Concat(
            sentence.Take(LongestSentence).Select(static letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : $"{letter}")
        );
}
