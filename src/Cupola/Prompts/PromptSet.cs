using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Cupola.Files;
using Cupola.Prompts;

namespace Cupola;

/// <summary>
/// The prompts of each class: class name ► prompts, in order, each with its source. Templates, OpenAI's eighty templates and
/// CuPL's sentences (arXiv 2209.03320) are all held this way. Classes may have different numbers of prompts, and a prompt that
/// occurs twice counts twice, as in CuPL.
/// </summary>
public sealed class PromptSet
{
    private readonly OrderedDictionary<string, ImmutableArray<Prompt>> _classes = new(StringComparer.Ordinal);

    /// <summary>Creates a set from classes and their prompts, in order.</summary>
    /// <param name="classes">Class name ► its prompts.</param>
    /// <exception cref="ArgumentException">A class occurs twice.</exception>
    public PromptSet(IEnumerable<KeyValuePair<string, IEnumerable<Prompt>>> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        foreach ((string className, IEnumerable<Prompt> prompts) in classes)
        {
            if (!_classes.TryAdd(className, [.. prompts]))
            {
                throw new ArgumentException($"The class {TextFile.Quote(className)} occurs twice.");
            }
        }
    }

    /// <summary>The names of the classes, in order.</summary>
    public IReadOnlyList<string> ClassNames => _classes.Keys;

    /// <summary>The total number of prompts of all classes.</summary>
    public int PromptCount => _classes.Values.Sum(prompts => prompts.Length);

    /// <summary>
    /// SHA-256 of the class names and their prompts, in order, in hexadecimal: equal for sets with the same content, whatever
    /// their sources.
    /// </summary>
    public string Hash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach ((string className, ImmutableArray<Prompt> prompts) in _classes)
            {
                // A length before each text and an end after each class keep different sets from having the same bytes.
                foreach (string text in (IEnumerable<string>)[className, .. prompts.Select(static prompt => prompt.Text)])
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    hash.AppendData(BitConverter.GetBytes(bytes.Length));
                    hash.AppendData(bytes);
                }

                hash.AppendData(BitConverter.GetBytes(-1));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The sources of the prompts, each once.</summary>
    public IEnumerable<string> Sources =>
        _classes.Values.SelectMany(prompts => prompts).Select(prompt => prompt.Source).Distinct(StringComparer.Ordinal);

    /// <summary>The prompts of a class, in order.</summary>
    /// <exception cref="ArgumentException">The set has no such class.</exception>
    public ImmutableArray<Prompt> this[string className] =>
        _classes.TryGetValue(className, out ImmutableArray<Prompt> prompts)
            ? prompts
            : throw new ArgumentException($"There is no class {TextFile.Quote(className)} in this prompt set.");

    /// <summary>Fills every template with every label.</summary>
    /// <exception cref="ArgumentException">There are no labels or no templates, or two labels are equal.</exception>
    public static PromptSet FromTemplates(IReadOnlyList<string> labels, IReadOnlyList<PromptTemplate> templates)
    {
        RequireLabels(labels);
        ArgumentNullException.ThrowIfNull(templates);
        if (templates.Count == 0)
        {
            throw new ArgumentException("There are no templates; name at least one.");
        }

        (PromptTemplate Template, string Source)[] filled =
        [
            .. templates.Select(template => (template, $"template:{template.Text}")),
        ];
        return new PromptSet(
            labels.Select(label =>
                KeyValuePair.Create(label, filled.Select(each => new Prompt(each.Template.Format(label), each.Source)))
            )
        );
    }

    /// <summary>
    /// Reads a prompt file in CuPL's format, a JSON object of class names and lists of sentences, or in Cupola's, which keeps
    /// provenance. <c>FILE#NAME</c> reads one of several such objects, by the name of its data set; a single object needs no
    /// name.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file has another format; the message names the file and the class.</exception>
    public static PromptSet Read(string path) => PromptSetFile.Read(path).Prompts;

    /// <summary>
    /// Whether a file, or the entry of it that <c>FILE#NAME</c> names, can contain prompts: it exists and is a JSON object;
    /// templates are a list.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such entry.</exception>
    public static bool IsFile(string path) => PromptSetFile.IsFile(path);

    /// <summary>Writes Cupola's format, which keeps the provenance of each prompt; the file is replaced atomically.</summary>
    public void Write(string path) => PromptSetFile.Write(path, this);

    /// <summary>Writes CuPL's format, class names and their sentences alone; the file is replaced atomically.</summary>
    public void WriteCupl(string path) => PromptSetFile.WriteCupl(path, this);

    /// <summary>
    /// Joins the prompts of two sets, class by class: those of this set, then those of the other (CuPL's <c>use_both</c>,
    /// <c>classify_imagenet.py</c>), so each set weighs in proportion to its number of prompts.
    /// </summary>
    public PromptSet Union(PromptSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new PromptSet(
            ClassNames
                .Concat(other.ClassNames.Where(className => !_classes.ContainsKey(className)))
                .Select(className =>
                    KeyValuePair.Create(className, PromptsOrNone(className).Concat(other.PromptsOrNone(className)))
                )
        );
    }

    /// <summary>The prompts of the labels, in the labels' order, and the classes that are not labels.</summary>
    /// <exception cref="ArgumentException">There are no labels, or two are equal.</exception>
    /// <exception cref="InvalidDataException">Labels have no prompts; the message lists all of them.</exception>
    public PromptSelection Select(IReadOnlyList<string> labels)
    {
        RequireLabels(labels);
        string[] without = [.. labels.Where(label => PromptsOrNone(label).Length == 0).Select(TextFile.Quote)];
        if (without.Length > 0)
        {
            string sources = string.Concat(
                Sources.Take(3).Select((source, index) => $"{(index == 0 ? " in" : " or")} {TextFile.Quote(source)}")
            );
            throw new InvalidDataException(
                $"There are no prompts{sources} for {(without.Length == 1 ? "the label" : "these labels:")} "
                    + $"{string.Join(", ", without)}."
            );
        }

        HashSet<string> chosen = [.. labels];
        return new PromptSelection(
            new PromptSet(labels.Select(label => KeyValuePair.Create(label, this[label].AsEnumerable()))),
            [.. ClassNames.Where(className => !chosen.Contains(className))]
        );
    }

    /// <summary>The prompts that a class has more than once.</summary>
    internal IReadOnlyList<RepeatedPrompt> FindRepeated() =>
        [
            .. _classes.SelectMany(entry =>
                entry
                    .Value.CountBy(prompt => prompt.Text, StringComparer.Ordinal)
                    .Where(count => count.Value > 1)
                    .Select(count => new RepeatedPrompt(entry.Key, count.Key, count.Value))
            ),
        ];

    internal static void RequireLabels(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if ((labels.Count == 0 ? "There are no labels; name at least one." : LabelList.Problem(labels)) is { } problem)
        {
            throw new ArgumentException(problem);
        }
    }

    private ImmutableArray<Prompt> PromptsOrNone(string className) => _classes.GetValueOrDefault(className, []);
}
