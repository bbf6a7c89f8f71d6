using Cupola.Evaluation;
using Cupola.Files;
using Cupola.ZeroShot;

namespace Cupola.Questions;

/// <summary>Who answers.</summary>
internal enum Answerer
{
    /// <summary>The model, which sees the image.</summary>
    Model,

    /// <summary>The most frequent answer of the type of question.</summary>
    MostFrequent,

    /// <summary>The model with the mean of all images in place of the image: what the texts alone say.</summary>
    NoImage,
}

/// <summary>A question with the answers to choose from, and all that ask it of an image.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Statements">The statements of each.</param>
/// <param name="Asked">The questions, which differ in their images.</param>
internal sealed record StatedQuestion(IReadOnlyList<string> Answers, PromptSet Statements, IReadOnlyList<VisualQuestion> Asked);

/// <summary>The answers to one question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answers">The answer of each <see cref="Answerer"/>.</param>
/// <param name="Reachable">The accuracy of the best of the answers to choose from.</param>
internal sealed record QuestionOutcome(VisualQuestion Question, IReadOnlyList<string> Answers, double Reachable)
{
    /// <summary>The VQA accuracy of each <see cref="Answerer"/>.</summary>
    public IReadOnlyList<double> Accuracies { get; } =
    [.. Answers.Select(answer => VqaAccuracy.Compute(answer, Question.Annotators))];
}

/// <summary>How well questions about images are answered, beside two that see no image.</summary>
/// <param name="Outcomes">The questions whose images can be read.</param>
/// <param name="Failed">What could not be read, a sentence each.</param>
internal sealed record QuestionEvaluation(IReadOnlyList<QuestionOutcome> Outcomes, IReadOnlyList<string> Failed)
{
    /// <summary>Different statements that are encoded together: enough to keep all threads busy, and few megabytes.</summary>
    private const int EncodedTogether = 2_000;

    /// <summary>The mean accuracy that the best choice among the answers would have.</summary>
    public double Reachable => Outcomes.Average(static outcome => outcome.Reachable);

    /// <summary>The mean accuracy of an answerer.</summary>
    public MeanAccuracy Accuracy(Answerer answerer, Func<VisualQuestion, bool>? chosen = null) =>
        MeanAccuracy.Of([
            .. Outcomes
                .Where(outcome => chosen is null || chosen(outcome.Question))
                .Select(outcome => outcome.Accuracies[(int)answerer]),
        ]);

    /// <summary>The model's accuracy against another's, question by question.</summary>
    public PairedMeans Compare(Answerer other) =>
        PairedMeans.Compare(
            [.. Outcomes.Select(static outcome => outcome.Accuracies[(int)Answerer.Model])],
            [.. Outcomes.Select(outcome => outcome.Accuracies[(int)other])]
        );

    /// <summary>The values of a property of questions, the most frequent first.</summary>
    public IReadOnlyList<string> Types(Func<VisualQuestion, string> type) =>
        [
            .. Outcomes
                .CountBy(outcome => type(outcome.Question), StringComparer.Ordinal)
                .OrderByDescending(static count => count.Value)
                .ThenBy(static count => count.Key, StringComparer.Ordinal)
                .Select(static count => count.Key),
        ];

    /// <summary>Asks a model all questions.</summary>
    /// <param name="dataset">The questions.</param>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings of images are kept; null keeps none.</param>
    /// <param name="vocabulary">The answers to choose from, where a question has none of its own.</param>
    /// <param name="progress">Told how many more images, and then questions, are done.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="InvalidDataException">No image can be read.</exception>
    public static QuestionEvaluation Run(
        QuestionDataset dataset,
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        AnswerVocabulary vocabulary,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        List<string> failed = [.. dataset.Skipped];
        string[] images = [.. dataset.Questions.Select(static question => question.Image).Distinct(StringComparer.Ordinal)];
        Dictionary<string, float[]> embeddings = new(StringComparer.Ordinal);
        foreach (
            (string image, float[] embedding, _) in ReadableImages.Embed(
                images,
                ImageSource.FromPath,
                embedder,
                cache,
                failed,
                progress,
                cancellationToken
            )
        )
        {
            embeddings[image] = embedding;
        }

        VisualQuestion[] questions = [.. dataset.Questions.Where(question => embeddings.ContainsKey(question.Image))];
        if (questions.Length == 0)
        {
            throw new InvalidDataException(
                $"None of the images of the questions can be read, the last because of this: {failed[^1]}"
            );
        }

        List<QuestionOutcome> outcomes = Ask(questions, embeddings, embedder, vocabulary, failed, progress, cancellationToken);
        return outcomes.Count > 0 ? new(outcomes, failed) : throw new InvalidDataException(failed[^1]);
    }

    private static List<QuestionOutcome> Ask(
        VisualQuestion[] questions,
        Dictionary<string, float[]> embeddings,
        ClipEmbedder embedder,
        AnswerVocabulary vocabulary,
        List<string> failed,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        float[] mean = MeanOf(embeddings);
        MostFrequentAnswer frequent = new(questions);
        List<QuestionOutcome> outcomes = new(questions.Length);
        foreach (StatedQuestion[] together in Together(State(questions, vocabulary, failed)))
        {
            IEnumerable<EncodedPrompts> encoded = EncodedPrompts.EncodeTogether(
                embedder,
                [.. together.Select(static stated => stated.Statements)],
                cancellationToken
            );
            foreach ((StatedQuestion stated, EncodedPrompts statements) in together.Zip(encoded))
            {
                QuestionRanker ranker = QuestionRanker.FromEncoded(stated.Asked[0].Text, statements);
                string unseen = ranker.Rank(mean)[0].Answer;
                foreach (VisualQuestion question in stated.Asked)
                {
                    outcomes.Add(
                        new(
                            question,
                            [ranker.Rank(embeddings[question.Image])[0].Answer, frequent.For(question.QuestionType), unseen],
                            stated.Answers.Max(answer => VqaAccuracy.Compute(answer, question.Annotators))
                        )
                    );
                    progress?.Report(1);
                }
            }
        }

        return outcomes;
    }

    /// <summary>The statements of each question that can be asked; one that is asked of several images is there once.</summary>
    private static IEnumerable<StatedQuestion> State(VisualQuestion[] questions, AnswerVocabulary vocabulary, List<string> failed)
    {
        foreach (
            IGrouping<string, VisualQuestion> same in questions.GroupBy(
                static question => string.Join('\n', [question.Text, .. question.Choices ?? []]),
                StringComparer.Ordinal
            )
        )
        {
            VisualQuestion asked = same.First();
            IReadOnlyList<string> answers = asked.Choices ?? vocabulary.Find(asked.Text);
            if (answers.Count == 0 && asked.Choices is null)
            {
                failed.Add(vocabulary.NoneFor(asked.Text));
                continue;
            }

            if (QuestionRanker.Problem(asked.Text, answers) is { } problem)
            {
                string images = ShortList.Join([.. same.Select(static question => question.Image)]);
                failed.Add($"{images}, {TextFile.Quote(asked.Text)}: {problem}");
                continue;
            }

            yield return new(answers, QuestionRanker.State(asked.Text, answers), [.. same]);
        }
    }

    /// <summary>Questions whose statements are encoded together.</summary>
    private static IEnumerable<StatedQuestion[]> Together(IEnumerable<StatedQuestion> questions)
    {
        List<StatedQuestion> together = [];
        HashSet<string> statements = new(StringComparer.Ordinal);
        foreach (StatedQuestion question in questions)
        {
            together.Add(question);
            statements.UnionWith(
                question.Statements.ClassNames.SelectMany(answer => question.Statements[answer]).Select(static each => each.Text)
            );
            if (statements.Count >= EncodedTogether)
            {
                yield return [.. together];
                together.Clear();
                statements.Clear();
            }
        }

        if (together.Count > 0)
        {
            yield return [.. together];
        }
    }

    /// <summary>The mean of unit embeddings, of unit length.</summary>
    private static float[] MeanOf(Dictionary<string, float[]> embeddings)
    {
        float[] values = [.. embeddings.Values.SelectMany(static embedding => embedding)];
        EmbeddingMatrix matrix = new(values, embeddings.Count, values.Length / embeddings.Count);
        int[] rows = [.. Enumerable.Range(0, matrix.Count)];
        float[] weights = [.. Enumerable.Repeat(1f / matrix.Count, matrix.Count)];
        float[] mean = matrix.Mean(rows, weights);
        return new EmbeddingMatrix(mean, 1, mean.Length).Normalize()[0].ToArray();
    }
}
