namespace Cupola.Images;

/// <summary>How an image of any shape is brought to the shape that a model takes.</summary>
public enum ResizeMode
{
    /// <summary>The shorter side becomes the size, the middle is kept; CLIP's.</summary>
    Shortest,

    /// <summary>The longer side becomes the size, the rest is filled.</summary>
    Longest,

    /// <summary>Both sides become the size, whatever that does to the shape.</summary>
    Squash,
}

/// <summary>
/// What happens to an image before the image tower, as a model's configuration says. The defaults are CLIP's (OpenAI
/// CLIP, clip.py, _transform).
/// </summary>
/// <param name="Size">Height and width of the images the model takes, in pixels.</param>
public sealed record ImagePreprocessing(int Size)
{
    /// <summary>How the shape is reached.</summary>
    public ResizeMode Mode { get; init; } = ResizeMode.Shortest;

    /// <summary>
    /// What the chosen side becomes before the middle is kept; the same as <see cref="Size"/> in nearly every model.
    /// </summary>
    public int ResizeSize { get; init; } = Size;

    /// <summary>How pixels are weighed.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>The mean of each channel, of pixels from 0 to 1, over CLIP's training images.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>The standard deviation of each channel.</summary>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>What fills the rest where the longer side counts, 0 to 255 in every channel.</summary>
    public byte FillColor { get; init; }

    /// <summary>Bytes of one preprocessed image: [Size, Size, 3].</summary>
    public int ByteCount => Size * Size * 3;

    /// <summary>Brings an image to the model's shape.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="destination">At least <see cref="ByteCount"/> bytes, which become [Size, Size, 3].</param>
    internal void Apply(RgbImage image, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        (int width, int height) = Resized(image.Width, image.Height);
        (int left, int windowWidth, int toLeft) = Window(width);
        (int top, int windowHeight, int toTop) = Window(height);
        destination = destination[..ByteCount];
        if (windowWidth == Size && windowHeight == Size)
        {
            PillowResize.Resize(image, Interpolation, width, height, left, top, Size, Size, destination);
            return;
        }

        // Smaller than the crop on some side: what is there is placed in the middle of the fill.
        byte[] window = new byte[windowWidth * windowHeight * 3];
        PillowResize.Resize(image, Interpolation, width, height, left, top, windowWidth, windowHeight, window);
        destination.Fill(FillColor);
        for (int row = 0; row < windowHeight; row++)
        {
            window.AsSpan(row * windowWidth * 3, windowWidth * 3).CopyTo(destination[((((toTop + row) * Size) + toLeft) * 3)..]);
        }
    }

    /// <summary>
    /// The size after the resize: torchvision cuts the other side's fraction off, open_clip rounds it where the longer side
    /// counts.
    /// </summary>
    private (int Width, int Height) Resized(int width, int height)
    {
        switch (Mode)
        {
            case ResizeMode.Squash:
                return (ResizeSize, ResizeSize);
            case ResizeMode.Longest:
                double ratio = Math.Max(width, height) / (double)ResizeSize;
                return (Math.Max((int)Math.Round(width / ratio), 1), Math.Max((int)Math.Round(height / ratio), 1));
            default:
                return width <= height
                    ? (ResizeSize, (int)((long)ResizeSize * height / width))
                    : ((int)((long)ResizeSize * width / height), ResizeSize);
        }
    }

    /// <summary>
    /// Where the middle begins, how much of it there is, and where it goes. torchvision rounds the beginning half to even;
    /// an image that is too small is first filled up, the lesser half before it.
    /// </summary>
    private (int Start, int Length, int To) Window(int extent) =>
        extent >= Size
            ? ((int)Math.Round((extent - Size) / 2.0, MidpointRounding.ToEven), Size, 0)
            : (0, extent, (Size - extent) / 2);
}
