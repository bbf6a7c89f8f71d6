using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>Labeled examples as the methods read them: those of a label together, in the order in which they came.</summary>
internal sealed class ExampleSet
{
    private readonly int[] _starts;
    private readonly Lazy<DoubleRows> _scores;

    private ExampleSet(DoubleRows embeddings, Lazy<DoubleRows> scores, int[] labels, int[] order, double scale, int classCount)
    {
        (Embeddings, _scores, Labels, Order, Scale, ClassCount) = (embeddings, scores, labels, order, scale, classCount);
        _starts = new int[classCount + 1];
        foreach (int label in labels)
        {
            _starts[label + 1]++;
        }

        for (int label = 0; label < classCount; label++)
        {
            _starts[label + 1] += _starts[label];
        }
    }

    /// <summary>Unit embeddings: [examples, dimension].</summary>
    public DoubleRows Embeddings { get; }

    /// <summary>What the zero-shot classifier gives them before its scale: [examples, labels].</summary>
    public DoubleRows Scores => _scores.Value;

    /// <summary>Their labels, rising.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Where each stood before they were put in order.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>What makes logits of scores.</summary>
    public double Scale { get; }

    public int ClassCount { get; }

    public int Count => Labels.Count;

    /// <summary>The most examples that a label has.</summary>
    public int Most => Enumerable.Range(0, ClassCount).Max(CountOf);

    /// <summary>The labels without an example.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, ClassCount).Where(label => CountOf(label) == 0);

    /// <summary>Whether a label has two examples that differ.</summary>
    public bool HasScatter =>
        Enumerable.Range(0, Count).Any(index => !Embeddings[index].SequenceEqual(Embeddings[FirstOf(Labels[index])]));

    /// <summary>Puts examples in order.</summary>
    /// <param name="embeddings">[examples, dimension]; not copied where they are in order.</param>
    /// <param name="scores">[examples, labels]; the same.</param>
    /// <param name="labels">The label of each.</param>
    /// <param name="scale">What makes logits of scores.</param>
    public static ExampleSet Create(DoubleRows embeddings, DoubleRows scores, IReadOnlyList<int> labels, double scale)
    {
        int[] order = [.. Enumerable.Range(0, labels.Count).OrderBy(index => labels[index])];
        bool isInOrder = order.Index().All(static place => place.Index == place.Item);
        return new(
            isInOrder ? embeddings : embeddings.Take(order),
            new(isInOrder ? scores : scores.Take(order)),
            [.. order.Select(index => labels[index])],
            order,
            scale,
            scores.Columns
        );
    }

    /// <summary>How many examples a label has.</summary>
    public int CountOf(int label) => _starts[label + 1] - _starts[label];

    /// <summary>Where the examples of a label begin.</summary>
    public int FirstOf(int label) => _starts[label];

    /// <summary>Some of the examples, by their rising positions.</summary>
    public ExampleSet Take(IReadOnlyList<int> chosen) => Take(chosen, new());

    /// <summary>The same, until the buffer is used again.</summary>
    public ExampleSet Take(IReadOnlyList<int> chosen, ExampleBuffer buffer) =>
        new(
            Embeddings.Take(chosen, ref buffer.Embeddings),
            new(() => Scores.Take(chosen, ref buffer.Scores)),
            [.. chosen.Select(index => Labels[index])],
            [.. chosen.Select(index => Order[index])],
            Scale,
            ClassCount
        );

    /// <summary>Neighboring examples, so many at a time that what is made of them stays small.</summary>
    public IEnumerable<(int First, DoubleRows Embeddings, DoubleRows Scores)> Blocks()
    {
        for (int first = 0; first < Count; first += ExampleLogits.Block)
        {
            int count = Math.Min(ExampleLogits.Block, Count - first);
            yield return (first, Embeddings.Slice(first, count), Scores.Slice(first, count));
        }
    }

    /// <summary>The mean of each label's examples, not made unit again: [labels, dimension]; zeros where it has none.</summary>
    public DoubleRows Means()
    {
        DoubleRows means = new(ClassCount, Embeddings.Columns);
        for (int index = 0; index < Count; index++)
        {
            Span<double> mean = means[Labels[index]];
            TensorPrimitives.Add(mean, Embeddings[index], mean);
        }

        for (int label = 0; label < ClassCount; label++)
        {
            Span<double> mean = means[label];
            TensorPrimitives.Divide(mean, Math.Max(1, CountOf(label)), mean);
        }

        return means;
    }
}

/// <summary>Memory for examples that are taken again and again: anew, it would be several times the examples' own.</summary>
internal sealed class ExampleBuffer
{
    public double[] Embeddings = [];
    public double[] Scores = [];
}
