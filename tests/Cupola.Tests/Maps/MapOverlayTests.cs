using Cupola.Images;
using Cupola.Maps;

namespace Cupola.Tests.Maps;

/// <summary>That colors lie where places do: in the model's view, and in the image that it was cut from.</summary>
public sealed class MapOverlayTests
{
    /// <summary>What is hot is red, and covers all.</summary>
    private static readonly MapOverlay.Coloring Red = static share => ((255, 0, 0), share);

    [Fact]
    public void APlaceOfTheViewLiesWhereTheCropWasCut()
    {
        // 40 wide and 20 high, resized by half; the model saw the middle 10 × 10: columns 10 to 30.
        MapOverlay overlay = new(new ImagePreprocessing(10), covered: 10);
        using RgbImage image = White(40, 20);

        using RgbImage drawn = overlay.OnImage(image, 2048, Hot(5, row: 0, column: 4), Red);

        Assert.Equal((40, 20), (drawn.Width, drawn.Height));
        // The middle of the upper right place: in the view at (9, 1), in the image at (28, 2).
        AssertRed(drawn, 28, 2);
        AssertNotRed(drawn, 12, 2);
        AssertNotRed(drawn, 28, 17);
        // What was cut off is dark.
        Assert.True(drawn.Row(10)[3 * 5] < 100 && drawn.Row(10)[3 * 35] < 100);
        Assert.True(drawn.Row(10)[3 * 15] > 150);
    }

    [Fact]
    public void AnUprightImageIsCutAboveAndBelow()
    {
        MapOverlay overlay = new(new ImagePreprocessing(10), covered: 10);
        using RgbImage image = White(20, 40);

        using RgbImage drawn = overlay.OnImage(image, 2048, Hot(5, row: 4, column: 0), Red);

        AssertRed(drawn, 2, 28);
        AssertNotRed(drawn, 17, 28);
        Assert.True(drawn.Row(5)[3 * 10] < 100 && drawn.Row(35)[3 * 10] < 100);
    }

    [Fact]
    public void APaddedImageIsSeenWhole()
    {
        // The longer side becomes 10 pixels; five rows of padding lie above and below together.
        MapOverlay overlay = new(new ImagePreprocessing(10) { Mode = ResizeMode.Longest }, covered: 10);
        using RgbImage image = White(40, 20);

        using RgbImage drawn = overlay.OnImage(image, 2048, Hot(10, row: 3, column: 9), Red);

        // Row 3 of the view is row 4 of the image, which begins at row 2.5 (the half is rounded down to 2).
        AssertRed(drawn, 38, 6);
        Assert.True(drawn.Row(10)[3] > 150 && drawn.Row(0)[0] > 150 && drawn.Row(19)[3 * 39] > 150);
    }

    [Fact]
    public void PixelsThatNoPlaceCoversAreDark()
    {
        // Three places of 3 pixels: the last column and row of ten are not looked at.
        MapOverlay overlay = new(new ImagePreprocessing(10), covered: 9);
        using RgbImage image = White(10, 10);

        using RgbImage drawn = overlay.OnImage(image, 2048, Hot(3, row: 2, column: 2), Red);

        AssertRed(drawn, 7, 7);
        Assert.True(drawn.Row(9)[0] < 100 && drawn.Row(0)[3 * 9] < 100);
    }

    [Fact]
    public void TheViewIsDrawnLargeAndLargeImagesSmaller()
    {
        MapOverlay overlay = new(new ImagePreprocessing(64), covered: 64);
        using RgbImage image = White(300, 100);
        float[] hot = Hot(8, row: 7, column: 0);

        using RgbImage view = overlay.OnView(image, hot, Red),
            small = overlay.OnImage(image, 90, hot, Red);

        Assert.Equal((384, 384), (view.Width, view.Height));
        AssertRed(view, 24, 360);
        AssertNotRed(view, 360, 24);
        Assert.Equal((90, 30), (small.Width, small.Height));
        AssertRed(small, 32, 28);
    }

    [Fact]
    public void BetweenTheMiddlesOfPlacesValuesAreBetweenTheirs()
    {
        float[] values = [0, 1, 2, 3];

        Assert.Equal(0, HeatMap.At(values, 2, 0.25, 0.25), 1e-6f);
        Assert.Equal(1.5f, HeatMap.At(values, 2, 0.5, 0.5), 1e-6f);
        Assert.Equal(3, HeatMap.At(values, 2, 0.75, 0.75), 1e-6f);
        Assert.Equal(1, HeatMap.At(values, 2, 1, 0), 1e-6f);
        Assert.Equal(5, HeatMap.At([5], 1, 0.3, 0.9));
    }

    [Fact]
    public void OfContributionsNothingIsNothingAndOfCosinesTheLeastOne()
    {
        Assert.Equal([0f, 0f, 0.5f, 1f], new HeatMap([-3, 0, 2, 4], 2, IsContribution: true).Shares());
        Assert.Equal([0f, 0.25f, 0.5f, 1f], new HeatMap([0.1f, 0.2f, 0.3f, 0.5f], 2, IsContribution: false).Shares(), Near);
        Assert.Equal([0f, 0f, 0f, 0f], new HeatMap([-1, -2, -3, -4], 2, IsContribution: true).Shares());
        Assert.Equal([0f, 0f, 0f, 0f], new HeatMap([2, 2, 2, 2], 2, IsContribution: false).Shares());
    }

    [Fact]
    public void ADifferenceIsThatOfContributionsAndOfCosinesWithoutTheirLevels()
    {
        HeatMap first = new([4, 1, 0, 0], 2, IsContribution: true),
            second = new([2, 2, 0, 4], 2, IsContribution: true);

        Assert.Equal([0.5f, -0.25f, 0f, -1f], HeatMap.Difference(first, second));
        Assert.Equal(
            [1f, -1f, 0f, 0f],
            HeatMap.Difference(new([5, 3, 4, 4], 2, IsContribution: false), new([1, 1, 1, 1], 2, IsContribution: false))
        );
    }

    private static bool Near(float expected, float actual) => Math.Abs(expected - actual) < 1e-6f;

    private static RgbImage White(int width, int height)
    {
        RgbImage image = new(width, height);
        image.Bytes.Fill(255);
        return image;
    }

    private static float[] Hot(int grid, int row, int column)
    {
        float[] values = new float[grid * grid];
        values[(row * grid) + column] = 1;
        return values;
    }

    private static void AssertRed(RgbImage image, int x, int y) =>
        Assert.True(image.Row(y)[3 * x] > 200 && image.Row(y)[(3 * x) + 1] < 80, $"({x}, {y}) is {Color(image, x, y)}.");

    private static void AssertNotRed(RgbImage image, int x, int y) =>
        Assert.True(image.Row(y)[(3 * x) + 1] > 150, $"({x}, {y}) is {Color(image, x, y)}.");

    private static string Color(RgbImage image, int x, int y) => string.Join(' ', image.Row(y).Slice(3 * x, 3).ToArray());
}
