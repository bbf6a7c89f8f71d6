using static System.FormattableString;

namespace Cupola.Training.Run;

/// <summary>The folder of a run cannot be written, as where a disk is full.</summary>
/// <param name="cause">What the file system says.</param>
/// <param name="step">The step after which that happened.</param>
/// <param name="checkpointStep">The step of the last checkpoint, which is whole; null where there is none.</param>
internal sealed class RunWriteException(Exception cause, long step, long? checkpointStep)
    : IOException(
        Sentence(cause, step, checkpointStep, resume: "the run goes on from there", begin: "begin the run again"),
        cause
    )
{
    /// <summary>One sentence with the words for how a run is resumed, and how it is begun again.</summary>
    public string Sentence(string resume, string begin) => Sentence(InnerException!, step, checkpointStep, resume, begin);

    private static string Sentence(Exception cause, long step, long? checkpointStep, string resume, string begin)
    {
        string next = checkpointStep is { } whole
            ? Invariant($"the checkpoint of step {whole} is whole: put that right, and {resume}")
            : $"put that right, and {begin}";
        return Invariant($"The run cannot be written after step {step} ({cause.Message.TrimEnd('.')}); {next}.");
    }
}
