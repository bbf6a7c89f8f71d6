using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>A sentence about a class, and where it came from.</summary>
/// <param name="Text">The whole sentence.</param>
/// <param name="Source">A template's text, or the file it was read from.</param>
public sealed record Prompt(string Text, string Source);

/// <summary>
/// What is said about each class: class name ► its prompts, in order. Templates, hand-written lists and the sentences of a
/// language model (CuPL, arXiv 2209.03320) differ only in who fills it. Classes may have different numbers of prompts.
/// </summary>
public sealed class PromptSet
{
    private readonly Dictionary<string, IReadOnlyList<Prompt>> _prompts;

    private PromptSet(IReadOnlyList<string> classNames, Dictionary<string, IReadOnlyList<Prompt>> prompts)
    {
        ClassNames = classNames;
        _prompts = prompts;
    }

    /// <summary>The classes in order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many prompts there are in all.</summary>
    public int Count => _prompts.Values.Sum(static prompts => prompts.Count);

    /// <summary>The prompts of a class.</summary>
    /// <exception cref="KeyNotFoundException">The set has no such class.</exception>
    public IReadOnlyList<Prompt> this[string className] => _prompts[className];

    /// <summary>Every template for every class.</summary>
    public static PromptSet FromTemplates(IReadOnlyList<string> classNames, IReadOnlyList<PromptTemplate> templates) => new(
        Prompts.ClassNames.Check(classNames),
        classNames.ToDictionary(
            static name => name,
            name => (IReadOnlyList<Prompt>)[.. templates.Select(template => new Prompt(template.Format(name), template.Text))],
            StringComparer.Ordinal));

    /// <summary>Reads CuPL's JSON: an object from class names to lists of sentences.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is of another form, or a class has no sentence.</exception>
    public static PromptSet Read(string path)
    {
        byte[] bytes = TextList.ReadBytes(path, "prompts");
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new() { MaxDepth = 8 });
            var prompts = new Dictionary<string, IReadOnlyList<Prompt>>(StringComparer.Ordinal);
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                Prompt[] sentences = [.. entry.Value.EnumerateArray().Select(sentence => new Prompt(sentence.GetString() ?? "", path)).Where(static prompt => prompt.Text.Trim().Length > 0)];
                if (sentences.Length == 0)
                {
                    throw new InvalidDataException($"{path} cannot be used: the class '{entry.Name}' has no prompts.");
                }

                if (!prompts.TryAdd(entry.Name, sentences))
                {
                    throw new InvalidDataException($"{path} cannot be used: the class '{entry.Name}' is there twice.");
                }
            }

            return prompts.Count > 0 ? new([.. prompts.Keys], prompts) : throw new InvalidDataException($"{path} holds no prompts.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} cannot be read: it is not a JSON object from class names to lists of sentences.", exception);
        }
    }

    /// <summary>This set's prompts and behind them the other's, class by class; both must have the same classes.</summary>
    public PromptSet Union(PromptSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        PromptSet matching = other.Select(ClassNames, out _);
        return new(ClassNames, ClassNames.ToDictionary(
            static name => name, name => (IReadOnlyList<Prompt>)[.. _prompts[name], .. matching[name]], StringComparer.Ordinal));
    }

    /// <summary>The prompts of these labels, in their order.</summary>
    /// <param name="labels">What answers are chosen from.</param>
    /// <param name="leftOut">Classes of this set that are no label.</param>
    /// <exception cref="InvalidDataException">Labels have no prompts; the message lists them.</exception>
    public PromptSet Select(IReadOnlyList<string> labels, out IReadOnlyList<string> leftOut)
    {
        string[] without = [.. labels.Where(label => !_prompts.ContainsKey(label))];
        if (without.Length > 0)
        {
            throw new InvalidDataException($"There are no prompts for {(without.Length == 1 ? "the label" : $"{without.Length} labels")}: {string.Join(", ", without.Select(static label => $"'{label}'"))}.");
        }

        HashSet<string> chosen = [.. labels];
        leftOut = [.. ClassNames.Where(name => !chosen.Contains(name))];
        return new(Prompts.ClassNames.Check(labels), labels.ToDictionary(static label => label, label => _prompts[label], StringComparer.Ordinal));
    }
}
