using System.Numerics.Tensors;
using Cupola.Evaluation;

namespace Cupola.Tests.Evaluation;

public sealed class RetrievalRecallTests
{
    /// <summary>Three images on the axes; the third has two captions, of which one points to the first image.</summary>
    [Fact]
    public void AImageIsFoundByAnyOfItsCaptionsAndEachCaptionCountsForItself()
    {
        EmbeddingMatrix images = new([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);
        EmbeddingMatrix texts = new([0.9f, 0.1f, 0, 0.6f, 0.5f, 0, 1, 0, 0.5f, 0, 0, 1], 4, 3);

        RetrievalRecall recall = RetrievalRecall.Compute(images, texts, [0, 1, 2, 2]);

        // Captions: the first finds its image, the second and third find the first image first, the fourth is right.
        Assert.Equal(new Accuracy(2, 4), recall.TextToImage(1));
        Assert.Equal(new Accuracy(4, 4), recall.TextToImage(2));
        // Images: the first is better described by the third caption than by its own; the second and third find their own.
        Assert.Equal(new Accuracy(2, 3), recall.ImageToText(1));
        Assert.Equal(new Accuracy(3, 3), recall.ImageToText(2));
    }

    /// <summary>
    /// The first text is about the first two images; the second points at the first image, and is about the third.
    /// </summary>
    [Fact]
    public void ATextIsRightForEachImageItIsAbout()
    {
        EmbeddingMatrix images = new([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3),
            texts = new([0.5f, 0.4f, 0, 0.9f, 0, 0.1f], 2, 3);

        RetrievalRecall recall = RetrievalRecall.Compute(
            images,
            texts,
            [
                [0, 1],
                [2],
            ]
        );

        Assert.Equal((new Accuracy(1, 2), new Accuracy(2, 2)), (recall.TextToImage(1), recall.TextToImage(2)));
        // The first image is better described by the text that is not about it.
        Assert.Equal((new Accuracy(2, 3), new Accuracy(3, 3)), (recall.ImageToText(1), recall.ImageToText(2)));
        Assert.Throws<ArgumentException>(() =>
            RetrievalRecall.Compute(
                images,
                texts,
                [
                    [0, 1],
                    [],
                ]
            )
        );
    }

    [Fact]
    public void WhereEverythingIsAlikeNothingIsFound()
    {
        EmbeddingMatrix same = new([.. Enumerable.Repeat(new[] { 1f, 0f }, 5).SelectMany(static row => row)], 5, 2);

        RetrievalRecall recall = RetrievalRecall.Compute(same, same, [0, 1, 2, 3, 4]);

        Assert.Equal(0, recall.ImageToText(4).Right);
        Assert.Equal(0, recall.TextToImage(4).Right);
    }

    [Fact]
    public void TheRanksAreThoseOfTheWholeMatrixSorted()
    {
        Random random = new(5);
        EmbeddingMatrix images = Draw(40, random),
            texts = Draw(120, random);
        int[] imageOfText = [.. Enumerable.Range(0, 120).Select(static text => text % 40)];

        RetrievalRecall recall = RetrievalRecall.Compute(images, texts, imageOfText);

        foreach (int depth in new[] { 1, 5, 10 })
        {
            int found = Enumerable
                .Range(0, 120)
                .Count(text =>
                    Enumerable
                        .Range(0, 40)
                        .OrderByDescending(image => TensorPrimitives.Dot(texts[text], images[image]))
                        .Take(depth)
                        .Contains(imageOfText[text])
                );
            Assert.Equal(found, recall.TextToImage(depth).Right);
            // Several own captions may stand before an image's best foreign one; the first foreign ones count alone.
            int imaged = Enumerable
                .Range(0, 40)
                .Count(image =>
                {
                    int[] order =
                    [
                        .. Enumerable.Range(0, 120).OrderByDescending(text => TensorPrimitives.Dot(texts[text], images[image])),
                    ];
                    return order.TakeWhile(text => imageOfText[text] != image).Count() < depth;
                });
            Assert.Equal(imaged, recall.ImageToText(depth).Right);
        }
    }

    [Fact]
    public void AImageWithoutACaptionIsRefused() =>
        Assert.Throws<ArgumentException>(static () => RetrievalRecall.Compute(new([1, 0, 0, 1], 2, 2), new([1, 0], 1, 2), [0]));

    private static EmbeddingMatrix Draw(int count, Random random) =>
        new EmbeddingMatrix([.. Enumerable.Range(0, count * 8).Select(_ => random.NextSingle() - 0.5f)], count, 8).Normalize();
}
