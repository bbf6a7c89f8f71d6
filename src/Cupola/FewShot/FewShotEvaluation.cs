using System.Numerics.Tensors;
using Cupola.Evaluation;
using MathNet.Numerics.Distributions;

namespace Cupola.FewShot;

/// <summary>What a method got right with the examples of one draw.</summary>
/// <param name="Method">The method.</param>
/// <param name="Shots">Examples of each label.</param>
/// <param name="Draw">The draw, from 1 on.</param>
/// <param name="Choice">The factors, and what auto took.</param>
/// <param name="Right">For each image whether its answer was right; null where the image is among the draw's examples.</param>
internal sealed record FewShotScore(FewShotMethod Method, int Shots, int Draw, FewShotChoice Choice, bool?[] Right)
{
    /// <summary>The share of right answers.</summary>
    public double Top1 { get; } =
        Right.Count(static right => right == true) / (double)Right.Count(static right => right is not null);
}

/// <summary>A method over all draws, beside the prompts alone.</summary>
/// <param name="Method">The method.</param>
/// <param name="Shots">Examples of each label.</param>
/// <param name="Top1">The mean share of right answers.</param>
/// <param name="Interval">Its 95 % interval, for other images and other draws.</param>
/// <param name="ZeroShot">The share by the prompts alone, of the same images.</param>
/// <param name="P">The two-sided p-value of the difference, image by image.</param>
internal sealed record FewShotMean(FewShotMethod Method, int Shots, double Top1, Interval Interval, double ZeroShot, double P)
{
    /// <summary>The p-value after Holm's correction for all methods and numbers of examples that are compared.</summary>
    public double HolmP { get; init; }
}

/// <summary>
/// Judges few-shot methods over several draws of examples. Each draw's methods are fitted and chosen on its examples alone.
/// </summary>
internal sealed class FewShotEvaluation
{
    private readonly ExampleSet _pool;
    private readonly ExampleDraws _draws;
    private readonly DoubleRows _images;
    private readonly DoubleRows _scores;
    private readonly IReadOnlyList<int> _truths;
    private readonly IReadOnlyDictionary<int, int[]> _sameBytes;
    private readonly bool[] _rightAlone;
    private readonly HashSet<string> _notes = new(StringComparer.Ordinal);

    /// <param name="zeroShot">What answers by prompts alone.</param>
    /// <param name="pool">The images to draw examples from.</param>
    /// <param name="answered">The images that are answered for.</param>
    /// <param name="draws">Draws from the pool.</param>
    /// <param name="sameBytes">The images of the pool that are the same as one that is answered for.</param>
    public FewShotEvaluation(
        ZeroShotClassifier zeroShot,
        EmbeddedDataset pool,
        EmbeddedDataset answered,
        ExampleDraws draws,
        IReadOnlyDictionary<int, int[]> sameBytes
    )
    {
        ClassScores scores = new(zeroShot.Weights);
        DoubleRows embeddings = DoubleRows.From(pool.Embeddings);
        _pool = ExampleSet.Create(embeddings, scores.Compute(embeddings), pool.Truths, zeroShot.Rule.Scale);
        _images = DoubleRows.From(answered.Embeddings);
        _scores = scores.Compute(_images);
        _truths = answered.Truths;
        _draws = draws;
        _sameBytes = sameBytes;
        _rightAlone = [.. Enumerable.Range(0, _truths.Count).Select(image => IsRight(_scores, image))];
    }

    /// <summary>The share of right answers by the prompts alone, over all images.</summary>
    public double ZeroShot => _rightAlone.Count(static right => right) / (double)_rightAlone.Length;

    /// <summary>The interval of that share.</summary>
    public Interval ZeroShotInterval => WilsonInterval.Compute(_rightAlone.Count(static right => right), _rightAlone.Length);

    /// <summary>Why methods were left out of draws that have examples enough for them, each sentence once.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>
    /// Every method with the examples of one draw; one that cannot go by them is left out. Nothing where each image is an
    /// example.
    /// </summary>
    public IEnumerable<FewShotScore> Judge(int shots, int draw, CancellationToken cancellationToken)
    {
        HashSet<int> drawn = [.. _draws.Draw(draw, shots)];
        if (Enumerable.Range(0, _truths.Count).All(image => IsAmong(image, drawn)))
        {
            yield break;
        }

        ExampleSet examples = _pool.Take([
            .. Enumerable.Range(0, _pool.Count).Where(index => drawn.Contains(_pool.Order[index])),
        ]);
        MethodChoice choice = new(examples);
        foreach (ExampleMethod method in choice.Sufficed)
        {
            if (choice.WhyNotTried(method, cancellationToken) is { } why)
            {
                _notes.Add(why);
                continue;
            }

            yield return Score(method.Name);
        }

        yield return Score(FewShotMethod.Auto);

        FewShotScore Score(FewShotMethod method)
        {
            FewShotChoice chosen = choice.Choose(method, alpha: null, beta: null, cancellationToken);
            DoubleRows logits = FewShotClassifier
                .Fit(examples, chosen, cancellationToken)
                .Compute(_images, _scores, _pool.Scale, cancellationToken);
            return new(
                method,
                shots,
                draw,
                chosen,
                [
                    .. Enumerable
                        .Range(0, _truths.Count)
                        .Select(image => IsAmong(image, drawn) ? (bool?)null : IsRight(logits, image)),
                ]
            );
        }
    }

    /// <summary>Methods over their draws, with p-values that are corrected for their number.</summary>
    public IReadOnlyList<FewShotMean> Summarize(IEnumerable<FewShotScore> scores)
    {
        FewShotMean[] means =
        [
            .. scores
                .GroupBy(static score => (score.Method, score.Shots))
                .OrderBy(static group => group.Key.Shots)
                .ThenBy(static group => (group.Key.Method == FewShotMethod.Auto, group.Key.Method))
                .Select(group => Summarize([.. group])),
        ];
        int[] order = [.. Enumerable.Range(0, means.Length).OrderBy(index => means[index].P)];
        double largest = 0;
        foreach ((int place, int index) in order.Index())
        {
            largest = Math.Max(largest, Math.Min(1, means[index].P * (means.Length - place)));
            means[index] = means[index] with { HolmP = largest };
        }

        return means;
    }

    /// <summary>
    /// The variance of the mean has two parts, that of images and that of draws, which are added. The test turns the sign of an
    /// image's difference, summed over its draws, at random; its normal limit gives p.
    /// </summary>
    private FewShotMean Summarize(IReadOnlyList<FewShotScore> draws)
    {
        double mean = draws.Average(static draw => draw.Top1);
        double betweenDraws = draws.Sum(draw => (draw.Top1 - mean) * (draw.Top1 - mean)) / Math.Max(1, draws.Count - 1);
        double difference = 0,
            squares = 0,
            alone = 0,
            answers = 0;
        for (int image = 0; image < _truths.Count; image++)
        {
            int counted = draws.Count(draw => draw.Right[image] is not null),
                right = draws.Count(draw => draw.Right[image] == true),
                without = _rightAlone[image] ? counted : 0;
            difference += right - without;
            squares += (right - without) * (double)(right - without);
            alone += without;
            answers += counted;
        }

        double half =
            WilsonInterval.StandardErrors * Math.Sqrt((mean * (1 - mean) / _truths.Count) + (betweenDraws / draws.Count));
        double p = squares == 0 ? 1 : 2 * Normal.CDF(0, 1, -Math.Abs(difference) / Math.Sqrt(squares));
        return new(
            draws[0].Method,
            draws[0].Shots,
            mean,
            new(Math.Max(0, mean - half), Math.Min(1, mean + half)),
            alone / answers,
            p
        );
    }

    private bool IsAmong(int image, HashSet<int> drawn) =>
        _sameBytes.TryGetValue(image, out int[]? same) && same.Any(drawn.Contains);

    private bool IsRight(DoubleRows logits, int image) => TensorPrimitives.IndexOfMax<double>(logits[image]) == _truths[image];
}
