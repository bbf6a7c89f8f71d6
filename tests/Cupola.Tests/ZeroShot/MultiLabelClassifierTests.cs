using Cupola.ZeroShot;

namespace Cupola.Tests.ZeroShot;

/// <summary>Each label against its own negation.</summary>
public sealed class MultiLabelClassifierTests
{
    [Fact]
    public void ALabelsProbabilityIsThatOfItAgainstItsNegationAlone()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptSet present = PromptSet.FromTemplates(photos.Labels, PromptTemplates.Simple),
            absent = PromptSet.FromTemplates(photos.Labels, PromptTemplates.Negations);
        MultiLabelClassifier classifier = MultiLabelClassifier.Create(
            EncodedPrompts.Encode(photos.Model, present),
            EncodedPrompts.Encode(photos.Model, absent),
            ClassEnsemble.EmbeddingMean
        );
        IReadOnlyList<Prediction> predictions = classifier.Classify(photos.Embeddings[3]);

        Assert.Equal(photos.Labels.Order(), predictions.Select(prediction => prediction.Label).Order());
        Assert.Equal(predictions.OrderByDescending(prediction => prediction.Probability), predictions);
        Assert.All(photos.Labels, label =>
        {
            PromptSet both = new([new("yes", present[label]), new("no", absent[label])]);
            Prediction alone = ZeroShotClassifier
                .Create(photos.Model, both)
                .Classify(photos.Embeddings[3])
                .Single(prediction => prediction.Label == "yes");
            Prediction among = predictions.Single(prediction => prediction.Label == label);
            Assert.Equal(alone.Probability, among.Probability, 1e-5f);
            Assert.Equal(alone.Score, among.Score, 1e-6f);
        });
    }

    [Fact]
    public void RefusesNegationsOfOtherClasses()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        EncodedPrompts one = EncodedPrompts.Encode(photos.Model, PromptSet.FromTemplates(["cat"], PromptTemplates.Simple));
        Assert.Contains(
            "same classes",
            Assert
                .Throws<ArgumentException>(() => MultiLabelClassifier.Create(photos.Encoded, one, ClassEnsemble.EmbeddingMean))
                .Message,
            StringComparison.Ordinal
        );
    }
}
