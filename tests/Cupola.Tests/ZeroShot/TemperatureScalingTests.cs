using Cupola.Models;
using Cupola.ZeroShot;

namespace Cupola.Tests.ZeroShot;

/// <summary>The temperature under which the right labels are most probable (arXiv 1706.04599).</summary>
public sealed class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.5f)]
    [InlineData(1f)]
    [InlineData(2.5f)]
    public void FindsTheTemperatureThatLabelsWereDrawnWith(float temperature)
    {
        Random random = new(7);
        float[][] logits =
        [
            .. Enumerable
                .Range(0, 20_000)
                .Select(_ => Enumerable.Range(0, 5).Select(_ => (float)(random.NextDouble() * 8)).ToArray()),
        ];
        ScoreRule drawn = ScoreRule.OfLogits.At(temperature);
        int[] labels = [.. logits.Select(ofImage => Draw(drawn.Probabilities(ofImage), random))];
        Assert.Equal(temperature, TemperatureScaling.Fit(logits, labels, ScoreKind.Softmax), 0.05f * temperature);
    }

    [Fact]
    public void StaysWithinBoundsWhereEveryAnswerIsRightOrEveryAnswerIsWrong()
    {
        float[][] logits =
        [
            [9, 1, 1],
            [1, 9, 1],
        ];
        Assert.Equal(1e-3f, TemperatureScaling.Fit(logits, [0, 1], ScoreKind.Softmax), 1e-6f);
        Assert.Equal(1e3f, TemperatureScaling.Fit(logits, [1, 2], ScoreKind.Softmax), 1f);
    }

    [Fact]
    public void CalibratingKeepsTheAnswersAndMakesTheRightLabelsMoreProbable()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        ZeroShotClassifier raw = ZeroShotClassifier.Create(photos.Encoded, ClassEnsemble.EmbeddingMean, null);
        ZeroShotClassifier calibrated = raw.Calibrate(photos.Embeddings, photos.LabelOfPhoto);
        Assert.NotEqual(1, calibrated.Temperature, 1e-3f);
        Assert.Equal(photos.Right(raw), photos.Right(calibrated));
        double best = LogLikelihood(calibrated);
        Assert.All(
            [
                raw,
                calibrated.WithTemperature(calibrated.Temperature * 1.1f),
                calibrated.WithTemperature(calibrated.Temperature / 1.1f),
            ],
            other => Assert.True(LogLikelihood(other) < best, $"{other.Temperature}")
        );

        double LogLikelihood(ZeroShotClassifier classifier) =>
            photos
                .Files.Index()
                .Sum(photo =>
                    Math.Log(
                        classifier
                            .Classify(photos.Embeddings[photo.Index])
                            .Single(prediction => prediction.Label == photos.Labels[photos.LabelOfPhoto[photo.Index]])
                            .Probability
                    )
                );
    }

    private static int Draw(float[] probabilities, Random random)
    {
        double left = random.NextDouble();
        for (int index = 0; index < probabilities.Length - 1; index++)
        {
            left -= probabilities[index];
            if (left < 0)
            {
                return index;
            }
        }

        return probabilities.Length - 1;
    }
}
