using Cupola.Explanation;
using Cupola.Prompts;
using Cupola.Tests.Models;
using Cupola.Tests.ZeroShot;
using Cupola.ZeroShot;

namespace Cupola.Tests.Explanation;

/// <summary>What each prompt did, against the long way of finding out.</summary>
public sealed class PromptInfluenceTests
{
    public static TheoryData<ClassEnsemble> Ensembles => [.. Enum.GetValues<ClassEnsemble>()];

    [Theory]
    [MemberData(nameof(Ensembles))]
    public void TheContributionsOfAClassesPromptsSumToItsScore(ClassEnsemble ensemble)
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptInfluence influence = new(photos.Encoded, ensemble);
        IReadOnlyList<Prediction> predictions = ZeroShotClassifier
            .Create(photos.Encoded, ensemble, null)
            .Classify(photos.Embeddings[7]);
        Assert.All(photos.Labels, label =>
        {
            IReadOnlyList<PromptContribution> contributions = influence.Explain(label, photos.Embeddings[7]);
            Assert.Equal(photos.Written[label], contributions.Select(contribution => contribution.Prompt));
            Assert.Equal(
                predictions.Single(prediction => prediction.Label == label).Score,
                contributions.Sum(contribution => contribution.Contribution),
                1e-5f
            );
            Assert.Equal(1, contributions.Sum(contribution => contribution.Weight), 1e-5f);
        });
    }

    [Theory]
    [MemberData(nameof(Ensembles))]
    public void TheEffectOfAPromptIsWhatAClassifierWithoutItSays(ClassEnsemble ensemble)
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        PromptSet few = new(
            photos.Labels.Select(label =>
                KeyValuePair.Create(label, photos.Written[label].Take(label == photos.Labels[1] ? 1 : 3))
            )
        );
        EncodedPrompts encoded = EncodedPrompts.Encode(photos.Model, few);
        IReadOnlyList<PromptEffect> effects = new PromptInfluence(encoded, ensemble).LeaveOneOut(
            photos.Embeddings,
            photos.LabelOfPhoto
        );

        Assert.Equal(few.PromptCount - 1, effects.Count);
        (int right, double likelihood) = Judge(few);
        foreach (PromptEffect effect in effects.Where((_, index) => index % 4 == 0))
        {
            (int rightWithout, double likelihoodWithout) = Judge(
                new PromptSet(
                    few.ClassNames.Select(name =>
                        KeyValuePair.Create(name, few[name].Where(prompt => name != effect.Label || prompt != effect.Prompt))
                    )
                )
            );
            Assert.Equal(right - rightWithout, effect.Right);
            Assert.Equal(likelihood - likelihoodWithout, effect.LogLikelihood, 1e-4);
        }

        (int Right, double LogLikelihood) Judge(PromptSet prompts)
        {
            ZeroShotClassifier classifier = ZeroShotClassifier.Create(photos.Model, prompts, ensemble);
            double sum = photos
                .Files.Index()
                .Sum(photo =>
                    Math.Log(
                        classifier
                            .Classify(photos.Embeddings[photo.Index])
                            .Single(prediction => prediction.Label == photos.Labels[photos.LabelOfPhoto[photo.Index]])
                            .Probability
                    )
                );
            return (photos.Right(classifier), sum / photos.Files.Count);
        }
    }

    [Fact]
    public void AnEffectOnASiglipIsThatOnItsIndependentProbabilities()
    {
        using ClipEmbedder model = ClipEmbedder.Load(SiglipFolder.Create());
        PromptSet prompts = Prompts("a cat", "two cats", "a small cat");
        Random random = new(1);
        int dimension = model.Config.EmbeddingDimension;
        EmbeddingMatrix images = new EmbeddingMatrix(
            [.. Enumerable.Range(0, 12 * dimension).Select(_ => random.NextSingle() - 0.5f)],
            12,
            dimension
        ).Normalize();
        int[] labels = [.. Enumerable.Range(0, 12).Select(static image => image % 2)];

        IReadOnlyList<PromptEffect> effects = new PromptInfluence(
            EncodedPrompts.Encode(model, prompts),
            ClassEnsemble.EmbeddingMean
        ).LeaveOneOut(images, labels);

        Assert.Equal(3, effects.Count);
        Assert.Equal(Judge(prompts) - Judge(Prompts("two cats", "a small cat")), effects[0].LogLikelihood, 1e-4);

        static PromptSet Prompts(params string[] cats) =>
            new([
                KeyValuePair.Create("cat", cats.Select(static text => new Prompt(text, "test"))),
                KeyValuePair.Create("dog", new[] { new Prompt("a dog", "test") }.AsEnumerable()),
            ]);

        double Judge(PromptSet set)
        {
            ZeroShotClassifier classifier = ZeroShotClassifier.Create(model, set);
            return Enumerable
                .Range(0, images.Count)
                .Average(image =>
                    Math.Log(
                        classifier.Classify(images[image]).Single(each => each.Label == set.ClassNames[labels[image]]).Probability
                    )
                );
        }
    }
}
