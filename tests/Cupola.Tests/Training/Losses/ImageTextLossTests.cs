using Cupola.Runtime;
using Cupola.Training.Losses;

namespace Cupola.Tests.Training.Losses;

/// <summary>The blockwise losses and their gradients against <see cref="ReferenceLoss"/>.</summary>
public sealed class ImageTextLossTests
{
    private const int Dimension = 5;

    private static readonly Engine Engine = new(new() { Threads = 2 });

    /// <summary>One block, several of images, several of texts too, and ones that are not full.</summary>
    private static readonly int[] Batches = [1, 6, 128, 300, 1100];

    public static TheoryData<LossKind, bool, int> Cases =>
        new(
            from kind in Enum.GetValues<LossKind>()
            from maskSameLabel in (bool[])[true, false]
            from pairs in Batches
            select new TheoryDataRow<LossKind, bool, int>(kind, maskSameLabel, pairs)
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void ALossInBlocksIsItsDefinitionAndSoIsEachGradient(LossKind kind, bool maskSameLabel, int pairs)
    {
        (float[] images, float[] texts) = Embeddings(pairs);
        int[]? labels = maskSameLabel ? [.. Enumerable.Range(0, pairs).Select(static pair => pair * pair % 7)] : null;
        using ImageTextLoss loss = ImageTextLoss.Create(kind, maskSameLabel, Engine, Dimension);

        PairGradients actual = loss.Evaluate(images, texts, logitScale: 2.5f, logitBias: -7, labels);

        Definition expected = new(kind, labels, images, texts);
        Assert.Equal(expected.Loss(), actual.Loss, 1e-6 * Math.Max(1, expected.Loss()));
        Near(expected.SlopeOfScale(), actual.LogitScale, 1);
        Near(expected.SlopeOfBias(), actual.LogitBias, 1);
        Near(expected.Slopes(images), actual.Images);
        Near(expected.Slopes(texts), actual.Texts);
    }

    [Theory]
    [InlineData(LossKind.InfoNce, 300)]
    [InlineData(LossKind.InfoNce, 1100)]
    [InlineData(LossKind.SigLip, 300)]
    public void WhereAWholeRowOfABlockDoesNotCountNothingIsLost(LossKind kind, int pairs)
    {
        // All but the first say the same: in most blocks there is nothing to choose from.
        (float[] images, float[] texts) = Embeddings(pairs);
        int[] labels = [1, .. Enumerable.Repeat(0, pairs - 1)];
        using ImageTextLoss loss = ImageTextLoss.Create(kind, maskSameLabel: true, Engine, Dimension);

        PairGradients actual = loss.Evaluate(images, texts, logitScale: 2.5f, logitBias: -7, labels);

        Definition expected = new(kind, labels, images, texts);
        Assert.Equal(expected.Loss(), actual.Loss, 1e-6 * Math.Max(1, expected.Loss()));
        Near(expected.Slopes(images), actual.Images);
        Near(expected.Slopes(texts), actual.Texts);
        Assert.All(actual.Images, static gradient => Assert.True(float.IsFinite(gradient)));
    }

    [Fact]
    public void TheSigmoidLossIsThatOfPyTorch()
    {
        (float[] images, float[] texts) = Embeddings(6);
        using ImageTextLoss loss = ImageTextLoss.Create(LossKind.SigLip, maskSameLabel: false, Engine, Dimension);

        PairGradients gradients = loss.Evaluate(images, texts, logitScale: 2.5f, logitBias: -7);

        // torch 1.13, float64: -logsigmoid((2 eye - 1) * (exp(2.5) * normalize(x) @ normalize(y).T - 7)).sum() / 6
        Assert.Equal(6.723075170393501, gradients.Loss, 1e-5);
        Assert.Equal(-0.2121812650858648, gradients.LogitScale, 1e-5);
        Assert.Equal(-0.9635959820036264, gradients.LogitBias, 1e-6);
        Assert.All(
            new[] { 0.5842983123338911, 0.909803048208668, -0.7393012019846343, 0.03699656978148864, -0.32095502988582925 }.Zip(
                gradients.Images
            ),
            static pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );
        Assert.All(
            new[] { 0.36650914558147885, 0.9207698551690439, 0.6443972112997871, -0.45416127753229557, 0.6230015226753381 }.Zip(
                gradients.Texts.TakeLast(Dimension)
            ),
            static pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );
    }

    [Fact]
    public void LogitsThatAreFarOffStayNumbers()
    {
        (float[] images, float[] texts) = Embeddings(6);
        foreach (LossKind kind in Enum.GetValues<LossKind>())
        {
            using ImageTextLoss loss = ImageTextLoss.Create(kind, maskSameLabel: false, Engine, Dimension);
            foreach (float bias in (float[])[-200, 0, 200])
            {
                PairGradients gradients = loss.Evaluate(images, texts, ImageTextLoss.LargestLogitScale, bias);
                Assert.All([gradients.Loss, gradients.LogitScale, gradients.LogitBias, .. gradients.Images], static number =>
                    Assert.True(double.IsFinite(number))
                );
            }
        }
    }

    [Fact]
    public void PairsAndLabelsMustFit()
    {
        using ImageTextLoss labeled = ImageTextLoss.Create(LossKind.SigLip, maskSameLabel: true, Engine, 1),
            published = ImageTextLoss.Create(LossKind.InfoNce, maskSameLabel: false, Engine, 1);

        Assert.Contains(
            "2 images and 1 texts",
            Assert.Throws<ArgumentException>(() => published.Evaluate([1, 2], [1], 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "needs a label",
            Assert.Throws<ArgumentException>(() => labeled.Evaluate([1], [1], 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "takes no labels",
            Assert.Throws<ArgumentException>(() => published.Evaluate([1], [1], 0, labels: [1])).Message,
            StringComparison.Ordinal
        );
    }

    private static (float[] Images, float[] Texts) Embeddings(int pairs) =>
        (
            [
                .. Enumerable
                    .Range(0, pairs * Dimension)
                    .Select(static place =>
                        (float)Math.Sin(1 + (3 * (place / Dimension)) + (2 * (place % Dimension) * (place % Dimension)))
                    ),
            ],
            [
                .. Enumerable
                    .Range(0, pairs * Dimension)
                    .Select(static place =>
                        (float)Math.Cos(2 + (5 * (place / Dimension)) + (place % Dimension * (place % Dimension)))
                    ),
            ]
        );

    private static void Near((int Place, double Slope)[] expected, float[] actual)
    {
        double largest = expected.Max(static place => Math.Abs(place.Slope));
        Assert.All(expected, place => Near(place.Slope, actual[place.Place], largest));
    }

    private static void Near(double expected, double actual, double largest) =>
        Assert.True(
            Math.Abs(expected - actual) <= 2e-5 * Math.Max(largest, 1e-3),
            $"The slope is {expected}, the gradient says {actual}."
        );

    /// <summary>A loss as its paper writes it (<see cref="ReferenceLoss"/>); derivatives by moving one number.</summary>
    private sealed class Definition(LossKind kind, int[]? labels, float[] images, float[] texts)
    {
        private const double Step = 1e-5;
        private readonly double[] _images = [.. images];
        private readonly double[] _texts = [.. texts];
        private double _scale = 2.5;
        private double _bias = -7;

        public double Loss()
        {
            int pairs = _images.Length / Dimension;
            var logits = new double[pairs, pairs];
            for (int image = 0; image < pairs; image++)
            {
                for (int text = 0; text < pairs; text++)
                {
                    logits[image, text] = Math.Exp(_scale) * Cosine(image, text);
                }
            }

            bool IsMasked(int image, int text) => image != text && labels is not null && labels[image] == labels[text];
            return kind == LossKind.SigLip
                ? ReferenceLoss.Sigmoid(logits, _bias, IsMasked)
                : ReferenceLoss.Contrastive(logits, IsMasked);
        }

        public double SlopeOfScale() => Slope(ref _scale);

        public double SlopeOfBias() => kind == LossKind.SigLip ? Slope(ref _bias) : 0;

        /// <summary>
        /// Of the first and the last pair's numbers on one side; the others follow the same rule, and take long.
        /// </summary>
        public (int Place, double Slope)[] Slopes(float[] side)
        {
            double[] numbers = ReferenceEquals(side, images) ? _images : _texts;
            int each = numbers.Length > 1000 * Dimension ? 1 : Dimension;
            IEnumerable<int> places = Enumerable.Range(0, each).Concat(Enumerable.Range(numbers.Length - each, each));
            return [.. places.Select(place => (place, Slope(ref numbers[place])))];
        }

        private double Slope(ref double number)
        {
            double there = number;
            number = there + Step;
            double above = Loss();
            number = there - Step;
            double below = Loss();
            number = there;
            return (above - below) / (2 * Step);
        }

        private double Cosine(int row, int column)
        {
            ReadOnlySpan<double> image = _images.AsSpan(row * Dimension, Dimension),
                text = _texts.AsSpan(column * Dimension, Dimension);
            return System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(image, text);
        }
    }
}
