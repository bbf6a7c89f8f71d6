using Cupola.Files;

namespace Cupola.Prompts;

/// <summary>
/// The names of all classes of a prompt set, and whether a sentence mentions the right one. It does if it has all words of the
/// name, in any order and form; or enough of them to distinguish the class from all others of the set: the head noun ("pyrenees"
/// for "great pyrenees"), two words that are half of the name ("Honda Odyssey" for "Honda Odyssey Minivan 2012"), or a proper
/// name ("Corolla").
/// </summary>
internal sealed class ClassNames
{
    private readonly string[] _names;
    private readonly IReadOnlyList<NameForm>[] _own;
    private readonly IReadOnlyList<NameForm>[] _public;
    private readonly Dictionary<string, HashSet<int>> _classesWith = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int?> _onlyClassWith = new(StringComparer.Ordinal);

    public ClassNames(IEnumerable<string> names, IReadOnlyDictionary<string, IReadOnlyList<string>> synonyms)
    {
        _names = [.. names];
        _public =
        [
            .. _names.Select(name =>
                (IReadOnlyList<NameForm>)
                    [.. NameForm.AllOf(name), .. synonyms.GetValueOrDefault(name, []).SelectMany(NameForm.FromSynonym)]
            ),
        ];
        // (indoor) follows many names and identifies none of them; nor does the year identify names that differ in it alone.
        IReadOnlyList<NameForm>[] further =
        [
            .. _names.Select(
                (name, index) =>
                    (IReadOnlyList<NameForm>)
                        [
                            .. NameForm.InBrackets(name),
                            .. _public[index].Select(static form => form.WithoutYear()).OfType<NameForm>(),
                        ]
            ),
        ];
        Dictionary<string, int> classesWith = further
            .SelectMany(static forms => forms.Select(static form => FoldedWord.Key(form.Text)).Distinct())
            .CountBy(static key => key)
            .ToDictionary();
        _own =
        [
            .. further.Select(
                (forms, index) =>
                    (IReadOnlyList<NameForm>)
                        [.. _public[index], .. forms.Where(form => classesWith[FoldedWord.Key(form.Text)] == 1)]
            ),
        ];
        for (int index = 0; index < _names.Length; index++)
        {
            foreach (string stem in _public[index].SelectMany(static form => form.Stems))
            {
                (_classesWith.TryGetValue(stem, out HashSet<int>? classes) ? classes : _classesWith[stem] = []).Add(index);
            }
        }
    }

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    /// <summary>The ways in which a sentence of any class may name a class.</summary>
    public IReadOnlyList<NameForm> Forms(int index) => _public[index];

    /// <summary>Why a sentence does not name its class, or null if it does.</summary>
    public string? Missing(int index, string sentence, IReadOnlyList<FoldedWord> words)
    {
        if (_own[index].Count == 0)
        {
            return null;
        }

        SentenceWords said = new(sentence, words);
        string? part = null;
        foreach (NameForm form in _own[index])
        {
            if (said.HasAll(form))
            {
                return null;
            }

            int[] found = said.Find(form);
            if (found.Length == 0)
            {
                continue;
            }

            if (IsEnough(form, found, said) && IsAlone(index, found.Select(word => form.Stems[word])))
            {
                return null;
            }

            part ??= string.Join(' ', found.Select(word => form.Folded[word]));
        }

        return part is null
            ? $"has no word of {TextFile.Quote(_names[index])}"
            : $"has only {TextFile.Quote(part)} of {TextFile.Quote(_names[index])}";
    }

    private static bool IsEnough(NameForm form, int[] found, SentenceWords said)
    {
        int needed = form.Counts.Count(static counts => counts);
        return found.Contains(form.Head)
            || (form.Head < 0 && found.Any(static word => word > 0))
            || (found.Length > 1 && found.Length * 2 >= needed)
            || found.Any(word => form.IsProper[word] && form.Folded[word].Length > 2 && said.IsProper(form.Folded[word]));
    }

    /// <summary>Whether no other class's name has all of these words.</summary>
    private bool IsAlone(int index, IEnumerable<string> stems)
    {
        string[] sorted = [.. stems.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string key = string.Join(' ', sorted);
        if (!_onlyClassWith.TryGetValue(key, out int? only))
        {
            HashSet<int>[] classes =
            [
                .. sorted.Select(stem => _classesWith.GetValueOrDefault(stem, [])).OrderBy(static set => set.Count),
            ];
            int[] all = [.. classes[0].Where(each => classes.All(set => set.Contains(each))).Take(2)];
            _onlyClassWith.Add(key, only = all.Length == 1 ? all[0] : null);
        }

        return only == index;
    }

    /// <summary>The words of one sentence, indexed in all their forms.</summary>
    private sealed class SentenceWords
    {
        private readonly string _sentence;
        private readonly IReadOnlyList<FoldedWord> _words;
        private readonly HashSet<string> _forms = new(StringComparer.Ordinal);
        private readonly HashSet<string> _joined = new(StringComparer.Ordinal);

        public SentenceWords(string sentence, IReadOnlyList<FoldedWord> words)
        {
            _sentence = sentence;
            _words = words;
            for (int index = 0; index < words.Count; index++)
            {
                FoldedWord word = words[index];
                _forms.UnionWith([
                    word.Folded,
                    word.Base,
                    WordForms.Singular(word.Base),
                    WordForms.Stem(word.Base),
                    WordForms.WithoutEnding(word.Base),
                ]);
                // Make-up is makeup: up to three words joined by hyphens or spaces.
                string joined = word.Folded;
                for (int next = index + 1; next < words.Count && next <= index + 2; next++)
                {
                    joined += words[next].Base;
                    _joined.Add(joined);
                    _joined.Add(WordForms.Stem(joined));
                }
            }
        }

        public bool HasAll(NameForm form)
        {
            if (!form.HasSpaces)
            {
                return FoldedWord.Key(_sentence).Contains(FoldedWord.Key(form.Text), StringComparison.Ordinal);
            }

            // Each word by itself or joined to the next: "skateboarding" for "Skate Boarding".
            bool[] isReached = new bool[form.Folded.Length + 2];
            isReached[0] = true;
            for (int index = 0; index < form.Folded.Length; index++)
            {
                isReached[index + 1] |= isReached[index] && (!form.Counts[index] || Has(form, index));
                isReached[index + 2] |=
                    isReached[index] && index + 1 < form.Folded.Length && HasJoined(form.Folded[index] + form.Words[index + 1]);
            }

            return isReached[form.Folded.Length];
        }

        /// <summary>Which words of a name the sentence has.</summary>
        public int[] Find(NameForm form) =>
            [.. Enumerable.Range(0, form.Folded.Length).Where(index => form.Counts[index] && Has(form, index))];

        public bool IsProper(string folded)
        {
            if (NameForm.IsNumbered(folded))
            {
                return true;
            }

            // The first word of a sentence has a capital letter anyway.
            for (int index = 1; index < _words.Count; index++)
            {
                if (_words[index].Base == folded && char.IsUpper(_sentence[_words[index].Start]))
                {
                    return true;
                }
            }

            return false;
        }

        private bool Has(NameForm form, int index)
        {
            string word = form.Words[index];
            return _forms.Contains(word)
                || _forms.Contains(form.Folded[index])
                || _forms.Contains(form.Stems[index])
                || _joined.Contains(form.Folded[index])
                || _joined.Contains(form.Stems[index])
                || _words.Any(said => WordForms.Resemble(word, said.Base));
        }

        private bool HasJoined(string joined) =>
            _forms.Contains(joined)
            || _forms.Contains(WordForms.Stem(joined))
            || _words.Any(said => WordForms.Resemble(joined, said.Base));
    }
}
