namespace Cupola.Tests.ZeroShot;

/// <summary>From a model and labels to answers, wherever the images come from.</summary>
public sealed class ClassifyImagesTests
{
    private static readonly string[] Labels = ["accordion", "anchor", "ant"];

    private static string Photo => SharedFolder.Need("data", "photo-tiny-test", "caltech80", "accordion", "image_0008.jpg");

    [Fact]
    public async Task PathsBytesAndStreamsGiveTheSameAnswer()
    {
        using ClipEmbedder clip = await ClipEmbedder.LoadAsync(SharedFolder.Need("models", "photo-tiny"));
        ZeroShotClassifier classifier = clip.CreateClassifier(Labels);
        byte[] bytes = await File.ReadAllBytesAsync(Photo);
        using FileStream stream = File.OpenRead(Photo);

        List<ClassifiedImage> answers = [];
        ImageSource[] images = [Photo, ImageSource.FromBytes(bytes), ImageSource.FromStream(stream, "a stream")];
        await foreach (ClassifiedImage answer in classifier.ClassifyAsync(images))
        {
            answers.Add(answer);
        }

        Assert.Equal([Photo, "the image", "a stream"], answers.Select(answer => answer.Path));
        Assert.All(answers, answer => Assert.Null(answer.Error));
        Assert.All(answers, answer => Assert.Equal(answers[0].Predictions, answer.Predictions));
        Assert.Equal("accordion", answers[0].Best!.Label);
    }

    [Fact]
    public async Task AnImageThatCannotBeReadStopsNothing()
    {
        using ClipEmbedder clip = await ClipEmbedder.LoadAsync(SharedFolder.Need("models", "photo-tiny"));
        MultiLabelClassifier classifier = MultiLabelClassifier.Create(
            clip,
            PromptSet.FromTemplates(Labels, PromptTemplates.Simple),
            PromptSet.FromTemplates(Labels, PromptTemplates.Negations)
        );

        List<ClassifiedImage> answers = [];
        await foreach (ClassifiedImage answer in classifier.ClassifyAsync(["nothing.jpg", Photo]))
        {
            answers.Add(answer);
        }

        Assert.Equal("There is no file nothing.jpg.", answers[0].Error);
        Assert.Empty(answers[0].Predictions);
        Assert.Null(answers[0].Best);
        Assert.Equal(Labels.Length, answers[1].Predictions.Count);
    }

    [Fact]
    public async Task WhatIsNowhereIsSaidAtOnce() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => ClipEmbedder.LoadAsync("no-such-folder/x/y"));
}
