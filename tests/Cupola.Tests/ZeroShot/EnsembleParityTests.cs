using Cupola.Models;
using Cupola.Tests.Models;
using Cupola.ZeroShot;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.ZeroShot;

/// <summary>The four ensembles over three classes of four prompts each, against the reference's answers.</summary>
public sealed class EnsembleParityTests
{
    public static TheoryData<string, string> Models => ForwardParityTests.Models;

    [Theory]
    [MemberData(nameof(Models))]
    public void ProbabilitiesOfEveryEnsembleAreTheReferences(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        TextFeatures features = parity.Model.Text.Encode(parity.InputIds());

        Compare(parity, Weights(parity, features, ClassEnsemble.EmbeddingMean), "prob_embedding_mean");
        Compare(parity, Weights(parity, features, ClassEnsemble.PooledMean), "prob_pooled_mean");
        Compare(parity, Weights(parity, features, ClassEnsemble.ScoreMean), "prob_score_mean");
        Compare(parity, Weights(parity, features, ClassEnsemble.ScoreMax), "prob_score_max");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ClassVectorsAreTheReferences(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        TextFeatures features = parity.Model.Text.Encode(parity.InputIds());

        float[] pooled = parity.Expected("class_pooled_mean"),
            embedding = parity.Expected("class_embedding_mean");
        ForwardParityTests.AssertClose(pooled, Weights(parity, features, ClassEnsemble.PooledMean).Vectors.Values, pooled);
        ForwardParityTests.AssertClose(
            embedding,
            Weights(parity, features, ClassEnsemble.EmbeddingMean).Vectors.Values,
            embedding
        );
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ProbabilitiesOfEveryTextAloneAreTheReferences(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        TextFeatures features = parity.Model.Text.Encode(parity.InputIds());

        Compare(
            parity,
            Weights(parity, features, ClassEnsemble.EmbeddingMean, [.. Enumerable.Repeat(1, 12)]),
            "probs_image_to_text"
        );
    }

    private static ClassWeights Weights(
        ParityModel parity,
        TextFeatures features,
        ClassEnsemble ensemble,
        params int[] promptCounts
    )
    {
        PromptFeatures prompts = new(features, promptCounts.Length > 0 ? promptCounts : [4, 4, 4], parity.Model.Text);
        return ClassWeights.Create(prompts, ensemble, PromptWeights.Equal(prompts));
    }

    private static void Compare(ParityModel parity, ClassWeights weights, string golden)
    {
        float[] expected = parity.Expected(golden);
        int count = expected.Length / weights.ClassCount;
        using Tensor pixels = parity.PixelValues([.. Enumerable.Range(0, count)]);
        EmbeddingMatrix images = new EmbeddingMatrix(
            parity.Model.Image.Encode(pixels),
            count,
            parity.Model.Config.EmbeddingDimension
        ).Normalize();
        float[] actual =
        [
            .. Enumerable.Range(0, count).SelectMany(index => parity.Model.Score.Probabilities(weights.Score(images[index]))),
        ];

        ForwardParityTests.AssertClose(expected, actual, expected);
    }
}
