using System.Buffers;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds the names of other classes in sentences: complete, in the singular or plural, and the longest where several begin. A
/// name does not count if it is part of the own class's name, part of a compound (lamp in "lamp shade", tank in "oxygen tank",
/// bird in "bird-like"), or a verb after "to" or "they".
/// </summary>
internal sealed class OtherNames
{
    private static readonly HashSet<string> GoesOn = WordLists.Audit.Set("goesOn");
    private static readonly HashSet<string> VerbFollows = WordLists.Audit.Set("verbFollows");
    private static readonly HashSet<string> Describing = WordLists.Audit.Set("describing");
    private static readonly IReadOnlyList<string> DescribingEndings = WordLists.Audit.List("describingEndings");

    private static readonly SearchValues<char> Joints = SearchValues.Create(" -_\t\n\r'’");

    private readonly Node _root = new();
    private readonly HashSet<string>[] _ownWords;

    public OtherNames(ClassNames names)
    {
        _ownWords =
        [
            .. Enumerable
                .Range(0, names.Count)
                .Select(index => names.Forms(index).SelectMany(static form => form.Words).ToHashSet(StringComparer.Ordinal)),
        ];
        for (int index = 0; index < names.Count; index++)
        {
            foreach (
                NameForm form in names
                    .Forms(index)
                    .SelectMany(static form => form.WithoutYear() is { } shorter ? (NameForm[])[form, shorter] : [form])
            )
            {
                Node node = _root;
                foreach (string word in form.Words)
                {
                    node = node.Next.TryGetValue(word, out Node? next) ? next : node.Next[word] = new();
                }

                (node.Name ??= new(form)).Classes.Add(index);
            }
        }
    }

    /// <summary>The names of other classes in a sentence, each once.</summary>
    public IEnumerable<KnownName> In(int own, string sentence, IReadOnlyList<FoldedWord> words)
    {
        HashSet<KnownName> found = [];
        for (int start = 0; start < words.Count; start++)
        {
            if (Longest(words, start, sentence) is not { } name)
            {
                continue;
            }

            int last = start + name.Words.Length - 1;
            bool isOwn = name.Classes.Contains(own) || name.Words.All(_ownWords[own].Contains);
            if (
                !isOwn
                && !IsPartOfMore(sentence, words, start, last)
                && !(start == last && (IsVerb(words, start, name) || !CanPrecede(sentence, words, start - 1)))
                && found.Add(name)
            )
            {
                yield return name;
            }

            start = last;
        }
    }

    private KnownName? Longest(IReadOnlyList<FoldedWord> words, int start, string sentence)
    {
        KnownName? longest = null;
        Node? node = _root;
        for (int index = start; index < words.Count && (index == start || AreNeighbors(sentence, words, index - 1)); index++)
        {
            if (!node.Next.TryGetValue(WordForms.Singular(words[index].Base), out node))
            {
                break;
            }

            longest = node.Name ?? longest;
        }

        return longest;
    }

    /// <summary>Whether only a space or a hyphen separates a word from the next.</summary>
    private static bool AreNeighbors(string sentence, IReadOnlyList<FoldedWord> words, int index) =>
        sentence.AsSpan(words[index].End, words[index + 1].Start - words[index].End).IndexOfAnyExcept(Joints) < 0;

    private static bool IsPartOfMore(string sentence, IReadOnlyList<FoldedWord> words, int start, int last)
    {
        int end = words[last].End;
        if (
            (words[start].Start > 0 && sentence[words[start].Start - 1] == '-')
            || (end + 1 < sentence.Length && sentence[end] == '-' && char.IsLetterOrDigit(sentence[end + 1]))
        )
        {
            return true;
        }

        bool isPossessive = words[last].Base != words[last].Folded;
        return start == last
            && last + 1 < words.Count
            && !isPossessive
            && AreNeighbors(sentence, words, last)
            && !GoesOn.Contains(words[last + 1].Folded);
    }

    /// <summary>"They fly", "to fly", "that flies".</summary>
    private static bool IsVerb(IReadOnlyList<FoldedWord> words, int start, KnownName name) =>
        start > 0
        && (
            (words[start].Folded == name.Words[0] && VerbFollows.Contains(words[start - 1].Folded))
            || words[start - 1].Folded is "that" or "which" or "who" or "it" or "he" or "she"
        );

    /// <summary>
    /// Whether a name of one word may begin after a word: after "a", "of" or "large", but not after "oxygen" (an oxygen tank is
    /// not a tank) or "bird" (the bird flies).
    /// </summary>
    private static bool CanPrecede(string sentence, IReadOnlyList<FoldedWord> words, int before) =>
        before < 0
        || !AreNeighbors(sentence, words, before)
        || GoesOn.Contains(words[before].Folded)
        || words[before].Folded is "a" or "an" or "the"
        || Describing.Contains(words[before].Folded)
        || DescribingEndings.Any(ending =>
            words[before].Folded.Length > ending.Length + 2 && words[before].Folded.EndsWith(ending, StringComparison.Ordinal)
        );

    /// <summary>A name that one class or several have.</summary>
    internal sealed class KnownName(NameForm form)
    {
        public string Text => form.Text;

        public string[] Words => form.Words;

        public HashSet<int> Classes { get; } = [];
    }

    /// <summary>A node of the prefix tree of names; its path from the root is the words with which its names begin.</summary>
    private sealed class Node
    {
        public Dictionary<string, Node> Next { get; } = new(StringComparer.Ordinal);

        public KnownName? Name { get; set; }
    }
}
