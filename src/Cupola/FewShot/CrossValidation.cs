using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>What a setting of a method gives for examples that are left out, made from the others.</summary>
/// <param name="Method">The method; null for zero-shot.</param>
/// <param name="Factors">Its setting.</param>
/// <param name="Losses">The log-loss of each example that was left out.</param>
/// <param name="Right">Whether each got its label.</param>
/// <param name="Weights">How much each counts: labels count alike, however many examples they have.</param>
internal sealed record Trial(ExampleMethod? Method, Factors Factors, double[] Losses, bool[] Right, double[] Weights)
{
    /// <summary>The mean log-loss.</summary>
    public double Loss { get; } = TensorPrimitives.Dot<double>(Losses, Weights) / TensorPrimitives.Sum<double>(Weights);

    /// <summary>The share that got its label.</summary>
    public double Share { get; } =
        Right.Zip(Weights, static (right, weight) => right ? weight : 0).Sum() / TensorPrimitives.Sum<double>(Weights);
}

/// <summary>
/// Judges methods by leaving examples out, so that no image that is to be classified has a say. Fold j leaves out the j-th
/// example of each label (and the j + folds-th, …); a label's only example is not left out so. Where labels have no examples, or
/// most have one, this would not show what examples do to images of such labels: whole labels are left out as well, and count as
/// many as such labels are.
/// </summary>
internal sealed class CrossValidation
{
    private readonly ExampleSet _examples;
    private readonly ExampleBuffer _kept = new();
    private readonly ExampleBuffer _others = new();
    private readonly int _folds;
    private readonly int[] _labels;

    /// <param name="examples">All examples; some label has two.</param>
    /// <param name="folds">How many folds at most.</param>
    public CrossValidation(ExampleSet examples, int folds)
    {
        _examples = examples;
        _folds = Math.Min(examples.Most, folds);
        _labels = [.. Enumerable.Range(0, examples.ClassCount).Where(label => examples.CountOf(label) > 0)];
        int several = _labels.Count(label => examples.CountOf(label) > 1);
        Few = examples.ClassCount - several;
        LeavesLabelsOut = _labels.Length < examples.ClassCount || 2 * several < examples.ClassCount;
    }

    /// <summary>Whether whole labels are left out as well.</summary>
    public bool LeavesLabelsOut { get; }

    /// <summary>Whether there are labels enough for that: one that is left out, and one that is not.</summary>
    public bool CanLeaveLabelsOut => _labels.Length > 1;

    /// <summary>Labels with no example or one.</summary>
    private int Few { get; }

    /// <summary>Each until the next one is asked for, in the same memory.</summary>
    private IEnumerable<Fold> Folds
    {
        get
        {
            for (int fold = 0; fold < _folds; fold++)
            {
                yield return Split(index => IsLeftOut(index, fold), label => 1.0 / _examples.CountOf(label));
            }

            int groups = LeavesLabelsOut && CanLeaveLabelsOut ? Math.Min(_folds, _labels.Length) : 0;
            for (int group = 0; group < groups; group++)
            {
                HashSet<int> left = [.. _labels.Where((_, place) => place % groups == group)];
                yield return Split(
                    index => left.Contains(_examples.Labels[index]),
                    label => (double)Few / (_labels.Length * _examples.CountOf(label))
                );
            }
        }
    }

    /// <summary>The prompts alone.</summary>
    public Trial ZeroShot() =>
        Join(
            null,
            default,
            Folds.Select(static fold =>
            {
                Scores scores = new(fold);
                PromptLogits prompts = new();
                DoubleRows buffer = new(ExampleLogits.Block, fold.Others.ClassCount);
                foreach ((int first, DoubleRows embeddings, DoubleRows cosines) in fold.Others.Blocks())
                {
                    DoubleRows logits = buffer.Slice(0, cosines.Count);
                    prompts.Compute(embeddings, cosines, fold.Others.Scale, logits);
                    scores.Add(first, logits, fold.Others.Labels);
                }

                return scores;
            })
        );

    /// <summary>A method in each of some settings, in their order; null where it needs scatter and a fold has none.</summary>
    public IReadOnlyList<Trial>? Try(ExampleMethod method, IReadOnlyList<Factors> grid, CancellationToken cancellationToken)
    {
        Dictionary<Factors, List<Scores>> scores = grid.ToDictionary(static factors => factors, static _ => new List<Scores>());
        foreach (Fold fold in Folds)
        {
            if (method.NeedsScatter && !fold.Kept.HasScatter)
            {
                return null;
            }

            foreach (List<Scores> ofFactors in scores.Values)
            {
                ofFactors.Add(new(fold));
            }

            foreach (
                (Factors factors, int first, DoubleRows logits) in method.Try(fold.Kept, fold.Others, grid, cancellationToken)
            )
            {
                cancellationToken.ThrowIfCancellationRequested();
                scores[factors][^1].Add(first, logits, fold.Others.Labels);
            }
        }

        return [.. grid.Select(factors => Join(method, factors, scores[factors]))];
    }

    private bool IsLeftOut(int index, int fold)
    {
        int label = _examples.Labels[index];
        return _examples.CountOf(label) > 1 && (index - _examples.FirstOf(label)) % _folds == fold;
    }

    private Fold Split(Func<int, bool> isLeftOut, Func<int, double> weightOf)
    {
        ILookup<bool, int> isOut = Enumerable.Range(0, _examples.Count).ToLookup(isLeftOut);
        ExampleSet others = _examples.Take([.. isOut[true]], _others);
        return new(_examples.Take([.. isOut[false]], _kept), others, [.. others.Labels.Select(weightOf)]);
    }

    private static Trial Join(ExampleMethod? method, Factors factors, IEnumerable<Scores> folds)
    {
        Scores[] all = [.. folds];
        return new(
            method,
            factors,
            [.. all.SelectMany(static fold => fold.Losses)],
            [.. all.SelectMany(static fold => fold.Right)],
            [.. all.SelectMany(static fold => fold.Weights)]
        );
    }

    private sealed record Fold(ExampleSet Kept, ExampleSet Others, double[] Weights);

    /// <summary>The log-loss of each label under the softmax of its image's logits, and whether it has the largest.</summary>
    private sealed class Scores(Fold fold)
    {
        public double[] Losses { get; } = new double[fold.Others.Count];

        public bool[] Right { get; } = new bool[fold.Others.Count];

        public double[] Weights { get; } = fold.Weights;

        /// <summary>Fills in those of neighboring images, whose logits are overwritten.</summary>
        public void Add(int first, DoubleRows logits, IReadOnlyList<int> labels) => Parallel.For(0, logits.Count, row =>
            {
                Span<double> numbers = logits[row];
                int best = TensorPrimitives.IndexOfMax<double>(numbers),
                    label = labels[first + row];
                double largest = numbers[best],
                    own = numbers[label];
                Right[first + row] = best == label;
                TensorPrimitives.Subtract(numbers, largest, numbers);
                TensorPrimitives.Exp<double>(numbers, numbers);
                Losses[first + row] = largest - own + Math.Log(TensorPrimitives.Sum<double>(numbers));
            });
    }
}
