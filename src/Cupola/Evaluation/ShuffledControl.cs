using Cupola.Prompts;

namespace Cupola.Evaluation;

/// <summary>
/// A control: the same sentences with the classes' descriptions exchanged, so that each class has another's descriptions under
/// its own name. Averaging many sentences helps whatever they say; random words do nearly as well as descriptions (Roth et al.,
/// "Waffling around for Performance", arXiv 2306.07282). So the value of descriptions is not their gain over one template but
/// their gain over this control, which differs only in meaning: as many sentences for each class, of the same lengths and style,
/// written by the same model, with the class's name where the other name was.
/// </summary>
/// <param name="Prompts">The sentences, as many for each class as before.</param>
/// <param name="Renamed">
/// The number of sentences in which the other class's name was found and replaced. The rest do not name their class, or name it
/// in other words than the label, and stay unchanged: they may still describe the other class, which weakens the control. If
/// there are many, a gain over the control proves little.
/// </param>
internal sealed record ShuffledControl(PromptSet Prompts, int Renamed)
{
    /// <summary>Exchanges the descriptions of classes; no class keeps its own.</summary>
    /// <param name="prompts">
    /// Sentences of at least two classes. Templates describe nothing: filled with names, they would not change.
    /// </param>
    /// <param name="seed">
    /// The seed of the random exchange; the same seed gives the same control. Other seeds show how much the result depends on it.
    /// </param>
    /// <exception cref="ArgumentException">Fewer than two classes have sentences.</exception>
    public static ShuffledControl Create(PromptSet prompts, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        string[] names = [.. prompts.ClassNames];
        if (names.Count(name => prompts[name].Length > 0) < 2)
        {
            throw new ArgumentException(
                "Descriptions are exchanged between classes, and fewer than two classes have any.",
                nameof(prompts)
            );
        }

        Random random = new(seed);
        int[] circle = Circle(names.Length, random);
        ClassMention[] mentions = [.. names.Select(static name => new ClassMention(name))];
        int renamed = 0;
        PromptSet control = new(
            names.Index().Select(each => KeyValuePair.Create(each.Item, Described(each.Index).AsEnumerable()))
        );
        return new(control, renamed);

        Prompt[] Described(int index)
        {
            List<Prompt> others = [];
            // The next class on the cycle describes this one; if it has fewer sentences than needed, so does the one after it,
            // and
            // so on.
            for (int donor = circle[index]; others.Count < prompts[names[index]].Length; donor = circle[donor])
            {
                Prompt[] sentences = donor == index ? [] : [.. prompts[names[donor]]];
                random.Shuffle(sentences);
                foreach (Prompt sentence in sentences.Take(prompts[names[index]].Length - others.Count))
                {
                    string? named = mentions[donor].Rename(sentence.Text, mentions[index]);
                    renamed += named is null ? 0 : 1;
                    others.Add(new(named ?? sentence.Text, $"shuffled:{sentence.Source}"));
                }
            }

            return [.. others];
        }
    }

    /// <summary>
    /// A random permutation that is a single cycle, without fixed points (S. Sattolo, Information Processing Letters 22, 1986).
    /// </summary>
    private static int[] Circle(int count, Random random)
    {
        int[] next = [.. Enumerable.Range(0, count)];
        for (int last = count - 1; last > 0; last--)
        {
            int other = random.Next(last);
            (next[last], next[other]) = (next[other], next[last]);
        }

        return next;
    }
}
