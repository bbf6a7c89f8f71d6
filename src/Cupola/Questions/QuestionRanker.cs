using Cupola.Files;
using Cupola.Prompts;
using Cupola.Questions;
using Cupola.ZeroShot;

namespace Cupola;

/// <summary>
/// Answers a question about an image by ranking answers: each answer becomes statements ("The color of the car is red."), and the
/// image is compared with those, as <see cref="ZeroShotClassifier"/> does. It says which answer fits best, and nothing about
/// whether one fits; CLIP counts, reads and negates badly. It is thread-safe.
/// </summary>
public sealed class QuestionRanker
{
    private readonly ZeroShotClassifier _classifier;

    private QuestionRanker(string question, PromptSet statements, ZeroShotClassifier classifier)
    {
        Question = question;
        Statements = statements;
        _classifier = classifier;
    }

    /// <summary>The question.</summary>
    public string Question { get; }

    /// <summary>The statements of each answer; the answers are the classes.</summary>
    public PromptSet Statements { get; }

    /// <summary>Makes statements of the answers by rules for English questions, and encodes them.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="question">The question, such as "What color is the car?".</param>
    /// <param name="answers">The answers to choose from, all different.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="ArgumentException">There is no question, there are no answers, or two are equal.</exception>
    public static QuestionRanker Create(
        ClipEmbedder embedder,
        string question,
        IReadOnlyList<string> answers,
        CancellationToken cancellationToken = default
    ) => FromStatements(embedder, question, State(question, answers), cancellationToken);

    /// <summary>Encodes statements that were made elsewhere.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="question">The question.</param>
    /// <param name="statements">The statements of each answer; the answers are the classes.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="ArgumentException">There are no answers, or one has no statements.</exception>
    public static QuestionRanker FromStatements(
        ClipEmbedder embedder,
        string question,
        PromptSet statements,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(statements);
        return FromEncoded(question, EncodedPrompts.Encode(embedder, statements, progress: null, cancellationToken));
    }

    /// <summary>The same with statements that are encoded.</summary>
    internal static QuestionRanker FromEncoded(string question, EncodedPrompts statements) =>
        new(question, statements.Prompts, ZeroShotClassifier.Create(statements, ClassEnsemble.EmbeddingMean, weights: null));

    /// <summary>The answers, the best first.</summary>
    /// <param name="embedding">The image's unit embedding: [dimension].</param>
    public IReadOnlyList<RankedAnswer> Rank(ReadOnlySpan<float> embedding) =>
        [
            .. _classifier
                .Classify(embedding)
                .Select(prediction => new RankedAnswer(
                    prediction.Label,
                    prediction.Probability,
                    prediction.Score,
                    [.. Statements[prediction.Label].Select(static statement => statement.Text)]
                )),
        ];

    /// <summary>The statements that the rules make of a question and its answers.</summary>
    internal static PromptSet State(string question, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answers);
        if (Problem(question, answers) is { } problem)
        {
            throw new ArgumentException(problem);
        }

        QuestionStatements statements = new(question);
        return new(
            answers.Select(answer =>
                KeyValuePair.Create(answer, statements.Of(answer).Select(static text => new Prompt(text, RuleSource)))
            )
        );
    }

    /// <summary>Why a question cannot be asked with its answers, in a sentence; null where it can.</summary>
    internal static string? Problem(string question, IReadOnlyList<string> answers) =>
        QuestionText.Normalize(question).Length == 0 ? "There is no question; write one, such as \"What color is the car?\"."
        : answers.Count == 0 ? $"The question {TextFile.Quote(question)} has no answers to choose from; name some."
        : answers.Any(string.IsNullOrWhiteSpace)
            ? $"An answer to {TextFile.Quote(question)} is empty; write a word or more for each, or remove it."
        : LabelList.Problem(answers) is { } equal ? equal.Replace("label", "answer", StringComparison.OrdinalIgnoreCase)
        : null;

    /// <summary>The source of statements that rules made.</summary>
    internal const string RuleSource = "rules";
}

/// <summary>An answer with its place in an image's ranking.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Probability">
/// The softmax over the answers, or of a SigLIP model the sigmoid of each, as in <see cref="Prediction"/>.
/// </param>
/// <param name="Score">The cosine of the image and the mean of the statements; from −1 to 1.</param>
/// <param name="Statements">The statements, the plainest first.</param>
public sealed record RankedAnswer(string Answer, float Probability, float Score, IReadOnlyList<string> Statements);
