using Cupola.Evaluation;
using Cupola.Tests.ZeroShot;

namespace Cupola.Tests.Evaluation;

/// <summary>What is counted on score rows and true labels, against counts made by hand.</summary>
public sealed class EvaluationResultTests
{
    [Fact]
    public void OfEqualScoresTheFirstLabelIsTheAnswer()
    {
        float[] scores = [0.2f, 0.4f, 0.4f, 0.1f],
            probabilities = [0.1f, 0.4f, 0.4f, 0.1f];

        Assert.Equal(new ImageResult(2, 1, 1, 0.4f, 0.4f), ImageResult.Create(scores, probabilities, 2));
        Assert.Equal(new ImageResult(1, 1, 0, 0.4f, 0.4f), ImageResult.Create(scores, probabilities, 1));
        Assert.Equal(new ImageResult(3, 1, 3, 0.4f, 0.1f), ImageResult.Create(scores, probabilities, 3));
        Assert.Throws<ArgumentException>(() => ImageResult.Create(scores, probabilities, 4));
        Assert.Throws<ArgumentException>(() => ImageResult.Create(scores, probabilities.AsSpan(0, 3), 1));
    }

    [Fact]
    public void ScoresDecideWhereProbabilitiesCannotTell() =>
        Assert.Equal(2, ImageResult.Create([0.1f, 0.2f, 0.3f], [1, 1, 1], 0).Rank);

    /// <summary>Seven images of three classes and one label without images.</summary>
    [Fact]
    public void CountsAreThoseMadeByHand()
    {
        EvaluationResult prompts = new(
            new("by hand", PromptSet.FromTemplates(["cat", "dog", "frog", "unseen", "e", "f"], PromptTemplates.Simple)),
            ClassEnsemble.EmbeddingMean,
            [
                Outcome(0, 0, 0),
                Outcome(0, 1, 1),
                Outcome(0, 1, 5),
                Outcome(0, 2, 4),
                Outcome(1, 1, 0),
                Outcome(1, 0, 2),
                Outcome(2, 3, 1),
            ]
        );

        Assert.Equal(new Accuracy(2, 7), prompts.Top1);
        Assert.Equal(new Accuracy(6, 7), prompts.Top5);
        Assert.Equal((0.25 + 0.5 + 0) / 3, prompts.MeanPerClass, 1e-12);
        Assert.Equal(new ClassAccuracy("cat", new(1, 4), new(1, 2)), prompts.Classes[0]);
        Assert.Equal(new ClassAccuracy("dog", new(1, 2), new(1, 3)), prompts.Classes[1]);
        Assert.Equal(new ClassAccuracy("frog", new(0, 1), new(0, 1)), prompts.Classes[2]);
        Assert.Equal(new ClassAccuracy("unseen", new(0, 0), new(0, 1)), prompts.Classes[3]);
        Assert.Equal(2, prompts.Confusion[0, 1]);
        Assert.Equal(0, prompts.Confusion[2, 2]);
        Assert.Equal([new(0, 1, 2, 0.5), new(2, 3, 1, 1), new(1, 0, 1, 0.5)], prompts.Confusion.MostConfused(3));
        Assert.Equal(4, prompts.Confusion.MostConfused(10).Count);

        static ImageResult Outcome(int truth, int answer, int rank) => new(truth, answer, rank, 0.5f, 0.1f);
    }

    /// <summary>
    /// Four answers of (0.6, 0.6667] with mean confidence 0.65, three right; two of (0.9333, 1] with mean 0.97, one right: (4 ·
    /// |0.75 − 0.65| + 2 · |0.5 − 0.97|) / 6.
    /// </summary>
    [Fact]
    public void TheCalibrationErrorIsTheMeanDistanceOfConfidenceAndAccuracy()
    {
        CalibrationCurve reliability = CalibrationCurve.Compute([
            Outcome(0.62f, true),
            Outcome(0.66f, true),
            Outcome(0.66f, true),
            Outcome(0.66f, false),
            Outcome(0.96f, true),
            Outcome(0.98f, false),
        ]);

        Assert.Equal(((4 * 0.10) + (2 * 0.47)) / 6, reliability.ExpectedCalibrationError, 1e-7);
        Assert.Equal(15, reliability.Bins.Count);
        Assert.Equal((4, 2), (reliability.Bins[9].Images, reliability.Bins[14].Images));
        Assert.Equal(0.65, reliability.Bins[9].Confidence, 1e-7);
        Assert.Equal(0.75, reliability.Bins[9].Accuracy);
        Assert.Equal(0, CalibrationCurve.Compute([]).ExpectedCalibrationError);

        static ImageResult Outcome(float confidence, bool right) =>
            new(0, right ? 0 : 1, right ? 0 : 1, confidence, right ? confidence : 0.01f);
    }

    [Fact]
    public void ARangeHoldsItsUpperEndAndNothingFallsOutside()
    {
        CalibrationCurve reliability = CalibrationCurve.Compute([
            new(0, 0, 0, 0, 0),
            new(0, 0, 0, 0.2f, 0.2f),
            new(0, 0, 0, 1, 1),
        ]);

        Assert.Equal(
            [0, 2, 14],
            reliability.Bins.Index().Where(static bin => bin.Item.Images > 0).Select(static bin => bin.Index)
        );
    }

    [Fact]
    public void AClassifierIsJudgedByItsOwnAnswers()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        ZeroShotClassifier classifier = ZeroShotClassifier.Create(photos.Encoded, ClassEnsemble.EmbeddingMean, null);

        EvaluationResult judged = EvaluationResult.Evaluate(
            new("cupl", photos.Written),
            classifier,
            photos.Embeddings,
            photos.LabelOfPhoto
        );

        Assert.Equal(photos.Right(classifier), judged.Top1.Right);
        Assert.All(judged.Outcomes.Index(), each =>
        {
            IReadOnlyList<Prediction> predictions = classifier.Classify(photos.Embeddings[each.Index]);
            Assert.Equal(predictions[0].Label, photos.Labels[each.Item.Answer]);
            Assert.Equal(predictions[0].Probability, each.Item.Confidence);
            Assert.Equal(photos.Labels[each.Item.Truth], predictions[each.Item.Rank].Label);
        });
        Assert.Throws<ArgumentException>(() =>
            EvaluationResult.Evaluate(new("cupl", photos.Written), classifier, photos.Embeddings, [0])
        );
    }
}
