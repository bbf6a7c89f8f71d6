using Cupola.Prompts;

namespace Cupola.Evaluation;

/// <summary>
/// The same sentences with the classes' descriptions exchanged: each class is told what another one looks like, under its own
/// name. Averaging many sentences helps by itself,
/// whatever they say; random words do nearly as well as descriptions (Roth and others, "Waffling around for Performance", arXiv
/// 2306.07282). So what descriptions
/// are worth is not what they gain over one template, but what they gain over this control, which has all of theirs but the
/// meaning: as many sentences for each class, of the same
/// lengths and style, written by the same model, with the class's name in them where the name of theirs was.
/// </summary>
/// <param name="Prompts">The sentences, as many of each class as it had.</param>
/// <param name="Renamed">
/// In how many of them the other class's name was found and replaced. The rest are about their class without naming it, or name
/// it in words that are not the label's, and stay as
/// they are: they may still speak of the other class, which does the control harm. Where they are many, little can be concluded
/// from being better than the control.
/// </param>
internal sealed record ShuffledControl(PromptSet Prompts, int Renamed)
{
    /// <summary>Exchanges the descriptions of classes; no class keeps its own.</summary>
    /// <param name="prompts">
    /// Sentences of two classes or more. Templates describe nothing: filled with names, they would come out as they were.
    /// </param>
    /// <param name="seed">
    /// The same seed gives the same control. Who gets whose description is chance; another seed shows how much of the result is.
    /// </param>
    /// <exception cref="ArgumentException">There are no two classes with sentences.</exception>
    public static ShuffledControl Create(PromptSet prompts, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        string[] names = [.. prompts.ClassNames];
        if (names.Count(name => prompts[name].Length > 0) < 2)
        {
            throw new ArgumentException(
                "Descriptions are exchanged between classes, and there are no two that have any.",
                nameof(prompts)
            );
        }

        Random random = new(seed);
        int[] circle = Circle(names.Length, random);
        ClassMention[] mentions = [.. names.Select(static name => new ClassMention(name))];
        int renamed = 0;
        PromptSet control = new(names.Index().Select(each => (each.Item, (IEnumerable<Prompt>)Described(each.Index))).ToArray());
        return new(control, renamed);

        Prompt[] Described(int index)
        {
            List<Prompt> others = [];
            // The next on the circle describes this class; where it has fewer sentences than are needed, so does the next but
            // one.
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
    /// Who follows whom on a circle of all, in an order of chance (S. Sattolo, Information Processing Letters 22, 1986): nobody
    /// follows himself.
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
