using System.Numerics.Tensors;
using Cupola.ZeroShot;

namespace Cupola.Explanation;

/// <summary>
/// The answers on labelled images, and what becomes of them when one prompt is left out: only its own class's scores change.
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

    /// <summary>The effect of each prompt of one class; none where it is the only one.</summary>
    public PromptEffect[] OfClass(int classIndex)
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
        (int rightWith, double likelihoodWith) = LogLikelihood(classIndex, rivals, image => _scores[image][classIndex]);
        var effects = new PromptEffect[count];
        for (int index = 0; index < count; index++)
        {
            Func<int, float> without = ScoreOfOthers([.. Enumerable.Range(first, count).Where(row => row != first + index)]);
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

    /// <summary>The score of a class with some of its prompts only, for each image.</summary>
    private Func<int, float> ScoreOfOthers(int[] rows)
    {
        if (_ensemble == ClassEnsemble.ScoreMax)
        {
            return image => rows.Max(row => TensorPrimitives.Dot(_encoded.Embeddings[row], _images[image]));
        }

        float[] weights = [.. rows.Select(row => _weights.Values[row])];
        float sum = TensorPrimitives.Sum<float>(weights);
        TensorPrimitives.Divide(weights, sum, weights);
        float[] vector = _encoded.Features.Mean(rows, weights, _ensemble);
        return image => TensorPrimitives.Dot(vector, _images[image]);
    }

    /// <summary>What the other classes say of an image, as far as the answer depends on it.</summary>
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
    /// How many images are right, and the sum of the log probabilities of their labels, where a class has these scores.
    /// </summary>
    private (int Right, double LogLikelihood) LogLikelihood(int classIndex, Rivals[] rivals, Func<int, float> score)
    {
        int right = 0;
        double likelihood = 0;
        for (int image = 0; image < rivals.Length; image++)
        {
            float own = score(image);
            Rivals others = rivals[image];
            int answer =
                own > others.Best || (own == others.Best && classIndex < others.BestIndex) ? classIndex : others.BestIndex;
            right += answer == _labels[image] ? 1 : 0;
            float ofLabel = _labels[image] == classIndex ? own : others.OfLabel;
            likelihood += (_encoded.Scale * (ofLabel - 1.0)) - Math.Log(others.Sum + Math.Exp(_encoded.Scale * (own - 1.0)));
        }

        return (right, likelihood);
    }

    /// <param name="Best">The best score of another class.</param>
    /// <param name="BestIndex">That class.</param>
    /// <param name="Sum">The sum of exp(scale · (score − 1)) over the other classes.</param>
    /// <param name="OfLabel">The score of the right label, if it is another class.</param>
    private sealed record Rivals(float Best, int BestIndex, double Sum, float OfLabel);
}
