using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>What a setting of a method gives for each example, made from the others.</summary>
/// <param name="Method">The method; null for zero-shot.</param>
/// <param name="Factors">Its setting.</param>
/// <param name="Losses">The log-loss of each example that was left out once.</param>
/// <param name="Right">How many of them got their label.</param>
internal sealed record Trial(ExampleMethod? Method, Factors Factors, double[] Losses, int Right)
{
    /// <summary>The mean log-loss.</summary>
    public double Loss { get; } = Losses.Average();
}

/// <summary>
/// Judges methods by leaving examples out: fold j leaves out the j-th example of each label (and the j + folds-th, …), so that no
/// image that is to be classified has a say. A label's only example is never left out.
/// </summary>
internal sealed class CrossValidation
{
    private readonly ExampleSet _examples;
    private readonly int _folds;

    /// <param name="examples">All examples; some label has two.</param>
    /// <param name="folds">How many folds at most.</param>
    public CrossValidation(ExampleSet examples, int folds) => (_examples, _folds) = (examples, Math.Min(examples.Most, folds));

    /// <summary>Made anew each time: together they would be as many copies of the examples.</summary>
    private IEnumerable<(ExampleSet Kept, ExampleSet Others)> Folds =>
        Enumerable
            .Range(0, _folds)
            .Select(fold => Enumerable.Range(0, _examples.Count).ToLookup(index => IsLeftOut(index, fold)))
            .Where(static isOut => isOut[true].Any())
            .Select(isOut => (_examples.Take([.. isOut[false]]), _examples.Take([.. isOut[true]])));

    /// <summary>The prompts alone.</summary>
    public Trial ZeroShot() =>
        Join(
            null,
            default,
            Folds.Select(static fold =>
                Score(new PromptLogits().Compute(fold.Others.Embeddings, fold.Others.Scores, fold.Others.Scale), fold.Others)
            )
        );

    /// <summary>A method in each of some settings, in their order.</summary>
    public IReadOnlyList<Trial> Try(ExampleMethod method, IReadOnlyList<Factors> grid, CancellationToken cancellationToken)
    {
        Dictionary<Factors, List<(double[] Losses, int Right)>> scores = grid.ToDictionary(
            static factors => factors,
            static _ => new List<(double[], int)>()
        );
        foreach ((ExampleSet kept, ExampleSet others) in Folds)
        {
            foreach ((Factors factors, DoubleRows logits) in method.Try(kept, others, grid))
            {
                cancellationToken.ThrowIfCancellationRequested();
                scores[factors].Add(Score(logits, others));
            }
        }

        return [.. grid.Select(factors => Join(method, factors, scores[factors]))];
    }

    private bool IsLeftOut(int index, int fold)
    {
        int label = _examples.Labels[index];
        return _examples.CountOf(label) > 1 && (index - _examples.FirstOf(label)) % _folds == fold;
    }

    private static Trial Join(ExampleMethod? method, Factors factors, IEnumerable<(double[] Losses, int Right)> folds)
    {
        (double[] Losses, int Right)[] all = [.. folds];
        return new(method, factors, [.. all.SelectMany(static fold => fold.Losses)], all.Sum(static fold => fold.Right));
    }

    /// <summary>
    /// The log-loss of each image's label under the softmax of its logits, and how many labels have the largest.
    /// </summary>
    private static (double[] Losses, int Right) Score(DoubleRows logits, ExampleSet images)
    {
        double[] losses = new double[images.Count];
        int right = 0;
        Parallel.For(0, images.Count, image =>
        {
            Span<double> row = logits[image];
            int best = TensorPrimitives.IndexOfMax<double>(row);
            double largest = row[best],
                own = row[images.Labels[image]];
            if (best == images.Labels[image])
            {
                Interlocked.Increment(ref right);
            }

            TensorPrimitives.Subtract(row, largest, row);
            TensorPrimitives.Exp<double>(row, row);
            losses[image] = largest - own + Math.Log(TensorPrimitives.Sum<double>(row));
        });
        return (losses, right);
    }
}
