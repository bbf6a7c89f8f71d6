using System.Collections.Immutable;
using System.Text.Json;
using Cupola.Files;

namespace Cupola.Prompts.Writing;

/// <summary>
/// A set of questions to a language model about each class. Built in (<c>questions.json</c>) are <c>article</c>, the three of
/// CuPL's "base"; <c>cupl</c>, the five that CuPL's <c>generate_image_prompts.py</c> asks for ImageNet (arXiv 2209.03320), also
/// used for CIFAR; and those of single data sets, whose texts are facts of SuS-X's <c>utils/prompts_helper.py</c>
/// (<c>CUPL_PROMPTS</c>), ten answers each.
/// </summary>
public sealed class PromptQuestions
{
    internal const int UsualAnswers = 10;

    private readonly ImmutableDictionary<string, string> _articles;

    /// <summary>Creates a set of questions.</summary>
    /// <exception cref="ArgumentException">There are no questions, or two are equal.</exception>
    public PromptQuestions(IEnumerable<PromptQuestion> questions)
        : this([.. questions], ImmutableDictionary.Create<string, string>(StringComparer.Ordinal)) { }

    private PromptQuestions(ImmutableArray<PromptQuestion> questions, ImmutableDictionary<string, string> articles)
    {
        if (questions.IsEmpty)
        {
            throw new ArgumentException("There are no questions; name at least one.");
        }

        if (
            questions.CountBy(question => question.Text, StringComparer.Ordinal).FirstOrDefault(count => count.Value > 1).Key is
            { } twice
        )
        {
            throw new ArgumentException(
                $"The question {TextFile.Quote(twice)} occurs twice; ask for more answers to it instead."
            );
        }

        Questions = questions;
        _articles = articles;
    }

    /// <summary>The names of the built-in sets.</summary>
    public static IReadOnlyList<string> Names { get; } =
        EmbeddedJson.Read("questions.json", static root => root.EnumerateObject().Select(set => set.Name).ToArray());

    /// <summary>The questions, in the order in which they are asked.</summary>
    public ImmutableArray<PromptQuestion> Questions { get; }

    /// <summary>Reads the questions of a built-in name or a file.</summary>
    /// <param name="nameOrPath">
    /// One of <see cref="Names"/>, or a JSON file: a list of questions, or an object with <c>questions</c>, <c>answers</c> (the
    /// number for each question that does not give its own) and <c>articles</c> (class name ► a, an, the or an empty string). A
    /// question is a text or <c>{"text": …, "answers": …}</c>.
    /// </param>
    /// <exception cref="FileNotFoundException">It is neither a built-in name nor a file.</exception>
    /// <exception cref="InvalidDataException">The file has no questions, or something that is not a question.</exception>
    public static PromptQuestions Read(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return Names.Contains(nameOrPath)
                ? EmbeddedJson.Read("questions.json", root => From(root.GetProperty(nameOrPath), nameOrPath))
            : Path.Exists(nameOrPath) ? TextFile.ReadJson(nameOrPath, root => From(root, nameOrPath))
            : throw new FileNotFoundException(
                $"{TextFile.Quote(nameOrPath)} is neither a built-in set of questions ({string.Join(", ", Names)}) nor a file."
            );
    }

    /// <summary>The same questions, with given articles for some class names.</summary>
    /// <param name="articles">Class name ► a, an, the, or an empty string if it takes none.</param>
    /// <exception cref="ArgumentException">An article is none of these.</exception>
    public PromptQuestions WithArticles(IEnumerable<KeyValuePair<string, string>> articles)
    {
        ArgumentNullException.ThrowIfNull(articles);
        KeyValuePair<string, string>[] chosen = [.. articles];
        return chosen.FirstOrDefault(static pair => pair.Value is not ("a" or "an" or "the" or "")) is { Key: { } wrong } pair
            ? throw new ArgumentException(
                $"The article of {TextFile.Quote(wrong)} is {TextFile.Quote(pair.Value)}; it can be a, an, the, or nothing."
            )
            : new PromptQuestions(Questions, _articles.SetItems(chosen));
    }

    /// <summary>The same questions, each with this number of answers.</summary>
    /// <exception cref="ArgumentException">The number is not from 1 to 1000.</exception>
    public PromptQuestions WithAnswers(int answers) =>
        new([.. Questions.Select(question => new PromptQuestion(question.Text, answers))], _articles);

    /// <summary>The questions about a class, each with the number of requested answers.</summary>
    /// <param name="className">The class.</param>
    /// <param name="domain">What distinguishes its meanings, as in <see cref="PromptQuestion.Format"/>.</param>
    internal IEnumerable<(string Question, int Answers)> About(string className, string? domain = null)
    {
        string article = _articles.GetValueOrDefault(className) ?? ClassArticle.For(className);
        return Questions.Select(question => (question.Format(className, article, domain), question.Answers));
    }

    private static PromptQuestions From(JsonElement root, string path)
    {
        try
        {
            bool isObject = root.ValueKind == JsonValueKind.Object;
            JsonElement list = isObject && root.TryGetProperty("questions", out JsonElement listed) ? listed : root;
            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new InvalidDataException($"'{path}' does not contain a JSON list of questions.");
            }

            int answers = isObject && root.TryGetProperty("answers", out JsonElement usual) ? Count(usual, path) : UsualAnswers;
            PromptQuestions questions = new(list.EnumerateArray().Select(element => Question(element, answers, path)));
            return isObject && root.TryGetProperty("articles", out JsonElement articles)
                ? questions.WithArticles(Articles(articles, path))
                : questions;
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"'{path}': {problem.Message}", problem);
        }
    }

    private static PromptQuestion Question(JsonElement element, int answers, string path) =>
        element.ValueKind switch
        {
            JsonValueKind.String => new PromptQuestion(element.GetString()!, answers),
            JsonValueKind.Object
                when element.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String =>
                new PromptQuestion(
                    text.GetString()!,
                    element.TryGetProperty("answers", out JsonElement own) ? Count(own, path) : answers
                ),
            _ => throw new InvalidDataException(
                $"'{path}' has something that is not a question; a question is a text, or an object with text and answers."
            ),
        };

    private static int Count(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int count)
            ? count
            : throw new InvalidDataException($"'{path}' has a number of answers that is not a whole number.");

    private static Dictionary<string, string> Articles(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
        && element.EnumerateObject().All(static entry => entry.Value.ValueKind == JsonValueKind.String)
            ? element
                .EnumerateObject()
                .GroupBy(static entry => entry.Name, StringComparer.Ordinal)
                .ToDictionary(static entry => entry.Key, static entry => entry.Last().Value.GetString()!)
            : throw new InvalidDataException($"'{path}' has articles that are not a JSON object of class names and articles.");
}
