using Cupola.ZeroShot;

namespace Cupola.Tests.ZeroShot;

/// <summary>Weights of prompts: equal ones, and those that images without labels teach (arXiv 2302.06235).</summary>
public sealed class PromptWeightsTests
{
    [Fact]
    public void EqualWeightsOfAClassSumToOne()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptWeights weights = PromptWeights.Equal(photos.Encoded);
        Assert.All(weights.Values.ToArray(), weight => Assert.Equal(1f / 30, weight));
    }

    [Fact]
    public void TheWeightsOfTemplatesAreTheSoftmaxOfTheMeanBestLogitAfterTheMeanOfEachLogitIsTakenOff()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        EncodedPrompts encoded = Templates(photos);
        int classes = photos.Labels.Count,
            count = PromptTemplates.ImageNet7.Count;
        double scale = Math.Exp(photos.Model.LogitScale);
        double[] scores = new double[count];
        for (int template = 0; template < count; template++)
        {
            double[][] logits =
            [
                .. Enumerable
                    .Range(0, photos.Embeddings.Count)
                    .Select(photo =>
                        Enumerable
                            .Range(0, classes)
                            .Select(index =>
                                scale * Dot(encoded.Embeddings[(index * count) + template], photos.Embeddings[photo])
                            )
                            .ToArray()
                    ),
            ];
            double[] means = [.. Enumerable.Range(0, classes).Select(index => logits.Average(ofPhoto => ofPhoto[index]))];
            scores[template] = logits.Average(ofPhoto => ofPhoto.Zip(means, (logit, mean) => logit - mean).Max());
        }

        double sum = scores.Sum(Math.Exp);
        float[] expected = [.. scores.Select(score => (float)(Math.Exp(score) / sum))];

        float[] weights = [.. PromptWeights.FromImages(encoded, photos.Embeddings).Values];

        Assert.True(expected.Max() - expected.Min() > 0.004f, $"the photos prefer some template: {string.Join(" ", expected)}");
        Assert.All(weights.Chunk(count), ofClass =>
            Assert.All(ofClass.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f))
        );
    }

    [Fact]
    public void ASentenceThatFitsTheImagesOfItsClassWeighsMoreThanOneThatDoesNot()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptSet mixed = new(
            photos.Labels.Select(label =>
                KeyValuePair.Create(label, photos.Written[label].Take(3).Concat(photos.Written[Other(label)].Take(1)))
            )
        );
        float[] weights = [.. PromptWeights.FromImages(EncodedPrompts.Encode(photos.Model, mixed), photos.Embeddings).Values];

        Assert.All(weights.Chunk(4), ofClass => Assert.Equal(1, ofClass.Sum(), 1e-5f));
        int wrongIsLeast = weights.Chunk(4).Count(ofClass => ofClass[3] == ofClass.Min());
        Assert.InRange(wrongIsLeast, photos.Labels.Count * 3 / 4, photos.Labels.Count);

        string Other(string label) =>
            photos.Labels[(photos.Labels.Index().First(each => each.Item == label).Index + 5) % photos.Labels.Count];
    }

    [Fact]
    public void WeightsChangeTheClassVectorsAndTheBestScoreTakesNone()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptWeights weights = PromptWeights.FromImages(photos.Encoded, photos.Embeddings);
        float equal = ZeroShotClassifier
            .Create(photos.Encoded, ClassEnsemble.EmbeddingMean, null)
            .Classify(photos.Embeddings[0])[0]
            .Score;
        Assert.NotEqual(
            equal,
            ZeroShotClassifier
                .Create(photos.Encoded, ClassEnsemble.EmbeddingMean, weights)
                .Classify(photos.Embeddings[0])[0]
                .Score,
            1e-4f
        );
        Assert.Contains(
            "no mean",
            Assert
                .Throws<ArgumentException>(() => ZeroShotClassifier.Create(photos.Encoded, ClassEnsemble.ScoreMax, weights))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void NothingIsLearnedFromNoImages()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        Assert.Contains(
            "there are 0",
            Assert.Throws<ArgumentException>(() => PromptWeights.FromImages(photos.Encoded, new([], 0, 128))).Message,
            StringComparison.Ordinal
        );
    }

    private static EncodedPrompts Templates(LabeledPhotos photos) =>
        EncodedPrompts.Encode(photos.Model, PromptSet.FromTemplates(photos.Labels, PromptTemplates.ImageNet7));

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return sum;
    }
}
