using System.Numerics.Tensors;
using Cupola.Explanation;
using Cupola.Tests.ZeroShot;

namespace Cupola.Tests.Explanation;

/// <summary>What is said for and against an answer.</summary>
public sealed class PromptAttributionsTests
{
    private const int All = int.MaxValue;

    [Fact]
    public void ASentenceOfTheAnswerSpeaksForItWhereItFitsBetterThanTheRunnerUp()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        (IReadOnlyList<Prediction> predictions, PromptAttributions arguments) = Explain(photos, photo: 3);

        Assert.Equal(
            photos.Written[predictions[0].Label].Select(static prompt => prompt.Text).Order(StringComparer.Ordinal),
            arguments
                .For.Concat(arguments.Against)
                .Where(argument => argument.Label == predictions[0].Label)
                .Select(static argument => argument.Text)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(arguments.For, argument =>
        {
            Assert.Equal(predictions[0].Label, argument.Label);
            Assert.True(argument.Margin > 0);
            Assert.Equal(argument.Cosine - predictions[1].Score, argument.Margin, 1e-6f);
        });
    }

    [Fact]
    public void ASentenceOfARivalSpeaksAgainstTheAnswerWhereItFitsBetterThanTheAnswer()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        (IReadOnlyList<Prediction> predictions, PromptAttributions arguments) = Explain(photos, photo: 3);

        string rival = predictions[1].Label;
        int first = photos.Encoded.Features.FirstOf(photos.Labels.Index().Single(label => label.Item == rival).Index);
        string[] expected =
        [
            .. photos
                .Written[rival]
                .Index()
                .Where(prompt =>
                    TensorPrimitives.Dot(photos.Encoded.Embeddings[first + prompt.Index], photos.Embeddings[3])
                    > predictions[0].Score
                )
                .Select(static prompt => prompt.Item.Text)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            expected,
            arguments
                .Against.Where(argument => argument.Label == rival)
                .Select(static argument => argument.Text)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(arguments.Against, static argument => Assert.True(argument.Margin <= 0));
    }

    [Fact]
    public void TheStrongestArgumentsAreNamedFirstAndNoMoreThanAsked()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptAttributions all = Explain(photos, photo: 3).Arguments,
            few = Explain(photos, photo: 3, most: 2).Arguments;

        Assert.Equal(all.For.OrderByDescending(static argument => argument.Margin).Take(2), few.For);
        Assert.Equal(all.Against.OrderBy(static argument => argument.Margin).Take(2), few.Against);
    }

    private static (IReadOnlyList<Prediction> Predictions, PromptAttributions Arguments) Explain(
        LabeledPhotos photos,
        int photo,
        int most = All
    )
    {
        IReadOnlyList<Prediction> predictions = ZeroShotClassifier
            .Create(photos.Encoded, ClassEnsemble.EmbeddingMean, null)
            .Classify(photos.Embeddings[photo]);
        return (
            predictions,
            PromptAttributions.Compute(
                new(photos.Encoded, ClassEnsemble.EmbeddingMean),
                predictions,
                photos.Embeddings[photo],
                most
            )
        );
    }
}
