using System.Globalization;
using System.Net;
using Cupola.Data;
using Cupola.Prompts.Writing;
using Cupola.Training.Run;

namespace Cupola.Cli;

/// <summary>What a person reads of a failure: the library's sentence, with the options that are the way out.</summary>
internal static class FailureSentence
{
    /// <summary>One sentence.</summary>
    public static string Write(Exception exception) =>
        exception switch
        {
            TrainingDivergedException diverged => string.Create(
                CultureInfo.InvariantCulture,
                $"{diverged.Finding}: begin again with a lower one or a limit (\"clipNorm\": 1), or go on from here by --init "
                    + $"{diverged.Run} -o ANOTHER --learning-rate {diverged.SuggestedLearningRate}; {diverged.Run} keeps the "
                    + $"checkpoint of step {diverged.CheckpointStep}."
            ),
            RunWriteException full => full.Sentence("the same command goes on from there", "give the same command again"),
            LanguageModelException { StatusCode: >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest } =>
                $"{exception.Message.TrimEnd('.')} by --endpoint.",
            LanguageModelException { StatusCode: HttpStatusCode.TooManyRequests, IsTransient: true, RetryAfter: null } =>
                $"{exception.Message.TrimEnd('.')}; run the command again later, or with a smaller --concurrency.",
            _ => Write(MachineFailure.Sentence(exception) ?? exception.Message),
        };

    /// <summary>A sentence of the library, with the option that allows what it says is not allowed.</summary>
    public static string Write(string sentence) =>
        sentence
            .Replace(TableImages.FetchedIfAllowed, "addresses in a table are fetched with --fetch only", StringComparison.Ordinal)
            .Replace(
                TableImages.PathsOrAddresses,
                "a table names images by paths, or with --fetch by http and https addresses",
                StringComparison.Ordinal
            );
}
