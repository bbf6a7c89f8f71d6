using System.Numerics.Tensors;
using Cupola.Models;
using Cupola.ZeroShot;

namespace Cupola.Explanation;

/// <summary>
/// Leave-one-out: the answers on labeled images, and how they change when one prompt is left out; only the scores of the prompt's
/// class change.
/// </summary>
internal sealed class LeaveOneOut
{
    private readonly EncodedPrompts _encoded;
    private readonly ClassEnsemble _ensemble;
    private readonly PromptWeights _weights;
    private readonly EmbeddingMatrix _images;
    private readonly IReadOnlyList<int> _labels;
    private readonly float[][] _scores;

    public LeaveOneOut(
        EncodedPrompts encoded,
        ClassEnsemble ensemble,
        PromptWeights weights,
        EmbeddingMatrix images,
        IReadOnlyList<int> labels
    )
    {
        _encoded = encoded;
        _ensemble = ensemble;
        _weights = weights;
        _images = images;
        _labels = labels;
        ClassWeights classes = ClassWeights.Create(encoded.Features, ensemble, weights);
        _scores = new float[images.Count][];
        Parallel.For(0, images.Count, image => _scores[image] = classes.Score(images[image]));
    }

    /// <summary>The effect of each prompt of one class; none if it is the only one.</summary>
    public PromptEffect[] Compute(int classIndex)
    {
        PromptFeatures features = _encoded.Features;
        int first = features.FirstOf(classIndex),
            count = features.PromptCount(classIndex);
        if (count == 1)
        {
            return [];
        }

        string label = _encoded.Prompts.ClassNames[classIndex];
        Rivals[] rivals = [.. _scores.Select((scores, image) => RivalsOf(classIndex, scores, _labels[image]))];
        float[] own = [.. _scores.Select(scores => scores[classIndex])];
        (int rightWith, double likelihoodWith) = LogLikelihood(classIndex, rivals, own);
        var effects = new PromptEffect[count];
        for (int index = 0; index < count; index++)
        {
            float[] without = ScoresOfOthers([.. Enumerable.Range(first, count).Where(row => row != first + index)]);
            (int right, double likelihood) = LogLikelihood(classIndex, rivals, without);
            effects[index] = new(
                label,
                _encoded.Prompts[label][index],
                rightWith - right,
                (likelihoodWith - likelihood) / _images.Count
            );
        }

        return effects;
    }

    /// <summary>The score of a class with only some of its prompts, for each image.</summary>
    private float[] ScoresOfOthers(int[] rows)
    {
        float[] scores = new float[_images.Count];
        if (_ensemble == ClassEnsemble.ScoreMax)
        {
            float[] ofRow = new float[_images.Count];
            scores.AsSpan().Fill(float.NegativeInfinity);
            foreach (int row in rows)
            {
                _images.Scores(_encoded.Embeddings[row], ofRow);
                TensorPrimitives.Max(scores, ofRow, scores);
            }

            return scores;
        }

        float[] weights = [.. rows.Select(row => _weights.Values[row])];
        float sum = TensorPrimitives.Sum<float>(weights);
        TensorPrimitives.Divide(weights, sum, weights);
        _images.Scores(_encoded.Features.Mean(rows, weights, _ensemble), scores);
        return scores;
    }

    /// <summary>The scores of the other classes, as far as the answer for an image depends on them.</summary>
    private Rivals RivalsOf(int classIndex, float[] scores, int label)
    {
        float best = float.NegativeInfinity;
        double sum = 0;
        int bestIndex = -1;
        for (int index = 0; index < scores.Length; index++)
        {
            if (index == classIndex)
            {
                continue;
            }

            if (scores[index] > best)
            {
                (best, bestIndex) = (scores[index], index);
            }

            // A cosine is 1 at most, so no exponential overflows.
            sum += Math.Exp(_encoded.Scale * (scores[index] - 1.0));
        }

        return new(best, bestIndex, sum, scores[label]);
    }

    /// <summary>
    /// The number of right images, and the sum of the log-probabilities of their labels, if a class has the given scores.
    /// </summary>
    private (int Right, double LogLikelihood) LogLikelihood(int classIndex, Rivals[] rivals, float[] scores)
    {
        int right = 0;
        double likelihood = 0;
        for (int image = 0; image < rivals.Length; image++)
        {
            float own = scores[image];
            Rivals others = rivals[image];
            int answer =
                own > others.Best || (own == others.Best && classIndex < others.BestIndex) ? classIndex : others.BestIndex;
            right += answer == _labels[image] ? 1 : 0;
            float ofLabel = _labels[image] == classIndex ? own : others.OfLabel;
            ScoreRule rule = _encoded.Embedder.Score;
            likelihood += rule.IsIndependent
                ? rule.LogProbability(ofLabel)
                : (_encoded.Scale * (ofLabel - 1.0)) - Math.Log(others.Sum + Math.Exp(_encoded.Scale * (own - 1.0)));
        }

        return (right, likelihood);
    }

    /// <param name="Best">The best score of another class.</param>
    /// <param name="BestIndex">That class.</param>
    /// <param name="Sum">The sum of exp(scale · (score − 1)) over the other classes.</param>
    /// <param name="OfLabel">The score of the right label, if it is another class.</param>
    private sealed record Rivals(float Best, int BestIndex, double Sum, float OfLabel);
}
