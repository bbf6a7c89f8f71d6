using System.Text.Json;

namespace Cupola.Tests.ZeroShot;

/// <summary>A real model on real photos, from files to answers, against the reference with Pillow.</summary>
public sealed class PhotoTinyTests
{
    [Fact]
    public void AnswersOnPhotosAreTheReferences()
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(SharedFolder.Need("models", "photo-tiny"));
        string photos = SharedFolder.Need("data", "photo-tiny-test");
        JsonElement[] golden =
        [
            .. File.ReadLines(SharedFolder.Need("models", "photo-tiny", "expected.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];

        foreach (IGrouping<string, JsonElement> group in golden.GroupBy(line => line.GetProperty("labels").GetString()!))
        {
            string[] labels =
            [
                .. Directory
                    .EnumerateDirectories(Path.Combine(photos, group.Key))
                    .Select(folder => Path.GetFileName(folder))
                    .Order(StringComparer.Ordinal),
            ];
            ZeroShotClassifier classifier = ZeroShotClassifier.Create(
                embedder,
                PromptSet.FromTemplates(labels, PromptTemplates.Simple)
            );
            foreach (
                (JsonElement expected, EmbeddedImage image) in group.Zip(
                    embedder.EmbedImages(group.Select(line => Path.Combine(photos, line.GetProperty("image").GetString()!)))
                )
            )
            {
                Assert.Null(image.Error);
                IReadOnlyList<Prediction> predictions = classifier.Classify(image.Vector);
                Dictionary<string, float> probabilities = predictions.ToDictionary(
                    prediction => prediction.Label,
                    prediction => prediction.Probability
                );
                JsonElement[] top5 = [.. expected.GetProperty("top5").EnumerateArray()];

                Assert.Equal(top5[0].GetProperty("label").GetString(), predictions[0].Label);
                Assert.All(top5, entry =>
                    Assert.Equal(
                        entry.GetProperty("probability").GetSingle(),
                        probabilities[entry.GetProperty("label").GetString()!],
                        1e-4f
                    )
                );
            }
        }
    }
}
