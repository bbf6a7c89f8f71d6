namespace Cupola.Cli;

/// <summary>One label to choose from looks like certainty: its probability is 100 % whatever an image shows.</summary>
internal static class SingleLabel
{
    /// <summary>Says so on standard error, where there is but one.</summary>
    /// <param name="labels">What there is to choose from.</param>
    public static void Note(IReadOnlyList<string> labels)
    {
        if (labels.Count == 1)
        {
            Console.Error.WriteLine(
                $"There is one label only, '{labels[0]}', so it is the answer whatever an image shows; "
                    + "classify with --multi-label judges it alone, and labels are named with commas between."
            );
        }
    }
}
