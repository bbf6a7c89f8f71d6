using Cupola.Evaluation;
using Cupola.FewShot;

namespace Cupola.Tests.FewShot;

/// <summary>Draws of examples that some methods cannot go by.</summary>
public sealed class FewShotEvaluationTests
{
    private static readonly string[] Labels = ["Japan", "France", "Norway"];

    [Fact]
    public void With_more_examples_than_a_method_is_tried_with_it_is_left_out_and_told_once()
    {
        FewShotEvaluation evaluation = Evaluation(perLabel: 1334, different: 1334, out EmbeddedDataset pool);
        FewShotMethod[] judged = Judge(evaluation, shots: 1334);
        Assert.True(pool.Truths.Count > 4000);
        Assert.DoesNotContain(FewShotMethod.ProKeR, judged);
        Assert.Contains(FewShotMethod.LinearProbe, judged);
        Assert.Equal("ProKeR is not tried: it takes too long with more than 4000 examples.", Assert.Single(evaluation.Notes));
    }

    [Fact]
    public void Draws_whose_examples_are_alike_are_judged_without_gda_and_that_is_told_once()
    {
        FewShotEvaluation evaluation = Evaluation(perLabel: 3, different: 1, out _);
        Assert.DoesNotContain(FewShotMethod.Gda, Judge(evaluation, shots: 3));
        Assert.Equal("Gda is not tried: the examples of every label are alike.", Assert.Single(evaluation.Notes));
    }

    private static FewShotMethod[] Judge(FewShotEvaluation evaluation, int shots) =>
        [
            .. Enumerable
                .Range(1, shots > 1000 ? 1 : 2)
                .SelectMany(draw => evaluation.Judge(shots, draw, TestContext.Current.CancellationToken))
                .Select(static score => score.Method)
                .Distinct(),
        ];

    private static FewShotEvaluation Evaluation(int perLabel, int different, out EmbeddedDataset pool)
    {
        ClipEmbedder clip = ClipEmbedder.Load("flags");
        using (clip)
        {
            ZeroShotClassifier zeroShot = clip.CreateClassifier(Labels);
            int dimension = zeroShot.Weights.Vectors.Dimension;
            pool = Dataset(dimension, perLabel, different, seed: 1);
            EmbeddedDataset answered = Dataset(dimension, 2, 2, seed: 2);
            return new(zeroShot, pool, answered, new ExampleDraws(pool, Labels.Length), new Dictionary<int, int[]>());
        }
    }

    /// <summary>Random unit vectors, so many of each label, of which so many differ.</summary>
    private static EmbeddedDataset Dataset(int dimension, int perLabel, int different, int seed)
    {
        Random random = new(seed);
        List<float> values = [];
        for (int label = 0; label < Labels.Length; label++)
        {
            float[][] own =
            [
                .. Enumerable
                    .Range(0, different)
                    .Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f).ToArray()),
            ];
            values.AddRange(Enumerable.Range(0, perLabel).SelectMany(index => own[index % different]));
        }

        int count = perLabel * Labels.Length;
        return new(
            new EmbeddingMatrix([.. values], count, dimension).Normalize(),
            [.. Enumerable.Range(0, count).Select(index => index / perLabel)],
            [],
            [],
            []
        );
    }
}
