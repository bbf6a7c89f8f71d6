using System.Net;
using System.Text;
using Cupola.Prompts.Audit;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>The result of a run.</summary>
/// <param name="Prompts">
/// The first sentence of each answer, in the order of classes, questions and answers, with its provenance.
/// </param>
/// <param name="Dropped">The answers without a complete sentence, even with more allowed tokens.</param>
public sealed record WrittenPrompts(PromptSet Prompts, IReadOnlyList<DroppedAnswer> Dropped);

/// <summary>An answer without a usable sentence.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Question">The question.</param>
/// <param name="RawAnswer">The model's answer: a cut sentence, or empty.</param>
public sealed record DroppedAnswer(string ClassName, string Question, string RawAnswer);

/// <summary>
/// Has a language model describe classes (CuPL, arXiv 2209.03320): asks each question about each class as often as answers are
/// requested, and takes the first sentence of each answer. Every answer is in a journal on disk before the next question is
/// asked, so that an interrupted run can be resumed and asks nothing twice. Transient failures (408, 429, 5xx, broken
/// connections, timeouts) are retried after growing random pauses, or after the pause that the server asks for.
/// </summary>
/// <param name="client">
/// The language model. Failures other than <see cref="LanguageModelException"/>, <see cref="HttpRequestException"/> and
/// <see cref="IOException"/> end the run.
/// </param>
/// <param name="questions">The questions.</param>
/// <param name="settings">The settings.</param>
public sealed class PromptWriter(IChatClient client, PromptQuestions questions, PromptWriterSettings settings)
{
    private const int RetryLimit = 8;

    // A first sentence of more than 200 tokens is not a caption.
    private const int MoreTokens = 4;

    // No answer of 50 or 200 tokens is as long; a server that sends more ignores the limit.
    private const int LongestAnswer = 1 << 16;

    private const string Saved = "the answers so far are stored, so another run resumes there";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // If a server asks for a longer pause, it is better to resume later.
    private static readonly TimeSpan LongestRequestedPause = TimeSpan.FromMinutes(10);

    private readonly ResiliencePipeline<JournalEntry> _retries = new ResiliencePipelineBuilder<JournalEntry>()
        .AddRetry(
            new RetryStrategyOptions<JournalEntry>
            {
                ShouldHandle = new PredicateBuilder<JournalEntry>().Handle<LanguageModelException>(static problem =>
                    problem.IsTransient && !(problem.RetryAfter > LongestRequestedPause)
                ),
                MaxRetryAttempts = RetryLimit,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = settings.FirstPause,
                MaxDelay = LongestPause,
                // Never less than requested, and up to a quarter more, so that clients that were refused together do not return
                // together.
                DelayGenerator = static retry =>
                    ValueTask.FromResult(
                        (retry.Outcome.Exception as LanguageModelException)?.RetryAfter * (1 + (Random.Shared.NextDouble() / 4))
                    ),
            }
        )
        .Build();

    // A server that has never answered is probably not there, rather than busy.
    private volatile bool _hasAnswered;

    /// <summary>The number of answers requested about classes.</summary>
    public int CountAnswers(IReadOnlyCollection<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        return classNames.Count * questions.Questions.Sum(question => question.Answers);
    }

    /// <summary>Asks the questions that the journal has no answer to, and returns the prompts of all answers.</summary>
    /// <param name="classNames">The classes.</param>
    /// <param name="journal">
    /// The file of answers: created, or resumed if it belongs to the same model and settings; its answers about other classes or
    /// to other questions are kept.
    /// </param>
    /// <param name="progress">
    /// Receives the number of additional answers, first those of an earlier run; called from several threads.
    /// </param>
    /// <param name="cancellationToken">Stops asking; stored answers are kept.</param>
    /// <exception cref="ArgumentException">There are no classes, two are equal, or a setting is out of its range.</exception>
    /// <exception cref="InvalidDataException">The journal belongs to a run with other settings, or is not a journal.</exception>
    /// <exception cref="IOException">The journal cannot be written, or another process is writing it.</exception>
    /// <exception cref="HttpRequestException">The server refuses, or fails for good.</exception>
    public async Task<WrittenPrompts> WriteAsync(
        IReadOnlyList<string> classNames,
        string journal,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(journal);
        settings.Check();
        PromptSet.RequireLabels(classNames);
        PromptRequest[] requests =
        [
            .. from className in classNames
            from asked in questions.About(className, settings.Domain)
            from answer in Enumerable.Range(0, asked.Answers)
            select new PromptRequest(className, asked.Question, answer),
        ];
        using PromptJournal stored = PromptJournal.Open(journal, JournalHeader.From(settings));
        PromptRequest[] missing = [.. requests.Where(request => !IsSettled(stored.Find(request)))];
        progress?.Report(requests.Length - missing.Length);
        if (missing.Length > 0)
        {
            // One question is asked alone first, so that a server that refuses does so once and not for all questions.
            await SettleAsync(missing[0], stored, cancellationToken).ConfigureAwait(false);
            progress?.Report(1);
        }

        ParallelOptions limit = new() { MaxDegreeOfParallelism = settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel
            .ForEachAsync(missing.Skip(1), limit, async (request, stop) =>
            {
                await SettleAsync(request, stored, stop).ConfigureAwait(false);
                progress?.Report(1);
            })
            .ConfigureAwait(false);
        return Collect(classNames, requests, stored);
    }

    /// <summary>
    /// Whether an answer has a sentence, or would have none even if asked again. An answer with a lower token limit may have been
    /// too short.
    /// </summary>
    private bool IsSettled(JournalEntry? entry) =>
        entry is not null
        && (
            SentenceOf(entry) is not null
            || entry.MaxTokens >= (WasCut(entry) ? settings.MaxTokens * MoreTokens : settings.MaxTokens)
        );

    private static bool WasCut(JournalEntry entry) => entry.Finish == ChatFinishReason.Length.Value;

    private async Task SettleAsync(PromptRequest request, PromptJournal stored, CancellationToken cancellationToken)
    {
        JournalEntry? entry = stored.Find(request);
        if (entry is null || entry.MaxTokens < settings.MaxTokens)
        {
            entry = await AskAndStoreAsync(request, settings.MaxTokens, stored, cancellationToken).ConfigureAwait(false);
        }

        if (!IsSettled(entry))
        {
            await AskAndStoreAsync(request, settings.MaxTokens * MoreTokens, stored, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string? SentenceOf(JournalEntry entry) =>
        FirstSentence.Find(entry.RawAnswer, entry.Finish == ChatFinishReason.Stop.Value);

    private WrittenPrompts Collect(IReadOnlyList<string> classNames, PromptRequest[] requests, PromptJournal stored)
    {
        ILookup<string, (JournalEntry Entry, string? Sentence)> answers = requests
            .Select(request => stored.Find(request)!)
            .Select(static entry => (entry, SentenceOf(entry)))
            .ToLookup(static answer => answer.entry.Class, StringComparer.Ordinal);
        return new WrittenPrompts(
            new PromptSet(
                classNames.Select(name =>
                    KeyValuePair.Create(
                        name,
                        answers[name]
                            .Where(static answer => answer.Sentence is not null)
                            .Select(answer => PromptOf(answer.Entry, answer.Sentence!))
                    )
                )
            ),
            [
                .. classNames
                    .SelectMany(name => answers[name])
                    .Where(static answer => answer.Sentence is null)
                    .Select(static answer => new DroppedAnswer(
                        answer.Entry.Class,
                        answer.Entry.Question,
                        answer.Entry.RawAnswer
                    )),
            ]
        );
    }

    private Prompt PromptOf(JournalEntry entry, string sentence) =>
        new(
            sentence,
            $"model:{settings.Model}",
            new PromptProvenance(
                entry.Question,
                entry.Answer,
                settings.Model,
                settings.Temperature,
                entry.MaxTokens,
                entry.RawAnswer
            )
        );

    private async Task<JournalEntry> AskAndStoreAsync(
        PromptRequest request,
        int maxTokens,
        PromptJournal stored,
        CancellationToken cancellationToken
    )
    {
        JournalEntry entry = await _retries
            .ExecuteAsync(async stop => await AskAsync(request, maxTokens, stop).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        stored.Append(entry);
        return entry;
    }

    private async Task<JournalEntry> AskAsync(PromptRequest request, int maxTokens, CancellationToken cancellationToken)
    {
        ChatOptions options = new()
        {
            ModelId = settings.Model,
            Temperature = settings.Temperature,
            MaxOutputTokens = maxTokens,
            // Answers to one question differ, and a server that honors seeds can repeat each.
            Seed = request.Answer + 1,
        };
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.RequestTimeout);
        StringBuilder answer = new();
        ChatFinishReason? finish = null;
        try
        {
            await foreach (
                ChatResponseUpdate update in client
                    .GetStreamingResponseAsync(request.Question, options, patience.Token)
                    .ConfigureAwait(false)
            )
            {
                patience.CancelAfter(settings.RequestTimeout);
                answer.Append(update.Text);
                finish = update.FinishReason ?? finish;
                if (answer.Length > LongestAnswer)
                {
                    answer.Length = LongestAnswer;
                    finish = ChatFinishReason.Length;
                    break;
                }
            }
        }
        catch (Exception problem)
            when (!cancellationToken.IsCancellationRequested
                && problem is not LanguageModelException
                && Explain(problem) is not null
            )
        {
            throw Explain(problem)!;
        }

        _hasAnswered = true;
        // Half of a surrogate pair would not survive the journal unchanged.
        string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(answer.ToString()));
        return new JournalEntry(
            request.Class,
            request.Question,
            request.Answer,
            maxTokens,
            finish?.Value,
            text,
            DateTimeOffset.UtcNow
        );
    }

    private double Seconds => settings.RequestTimeout.TotalSeconds;

    /// <summary>The exception for a failure of the server, or null if the failure is not the server's.</summary>
    private LanguageModelException? Explain(Exception problem) =>
        problem switch
        {
            OperationCanceledException => new(
                Invariant($"The language model's server did not answer for {Seconds:0.#} seconds; {Saved}."),
                innerException: problem
            )
            {
                IsTransient = _hasAnswered,
            },
            HttpRequestException { StatusCode: { } status } => new(
                Invariant($"The language model's server fails ({(int)status}): {problem.Message}"),
                status,
                problem
            )
            {
                IsTransient =
                    status
                        is HttpStatusCode.RequestTimeout
                            or HttpStatusCode.TooManyRequests
                            or >= HttpStatusCode.InternalServerError,
            },
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
            } => new(
                $"The language model's server cannot be reached ({problem.Message}); check that it runs, and its address.",
                innerException: problem
            )
            {
                IsTransient = _hasAnswered,
            },
            HttpRequestException or IOException => new(
                $"The connection to the language model's server broke off ({problem.Message}); {Saved}.",
                innerException: problem
            )
            {
                IsTransient = true,
            },
            _ => null,
        };
}
