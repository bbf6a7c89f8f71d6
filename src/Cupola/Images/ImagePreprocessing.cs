namespace Cupola.Images;

/// <summary>How an image of any shape is brought to a model's input size.</summary>
internal enum ResizeMode
{
    /// <summary>The shorter side is resized to the size, and the center is cropped; CLIP's.</summary>
    Shortest,

    /// <summary>The longer side is resized to the size, and the rest is padded.</summary>
    Longest,

    /// <summary>Both sides are resized to the size, which may change the aspect ratio.</summary>
    Squash,
}

/// <summary>
/// The preprocessing of an image before the image tower, as given in a model's configuration. The defaults are CLIP's (OpenAI
/// CLIP, clip.py, _transform).
/// </summary>
/// <param name="Size">Height and width of the model's input images, in pixels.</param>
internal sealed record ImagePreprocessing(int Size)
{
    /// <summary>How the input size is reached.</summary>
    public ResizeMode Mode { get; init; } = ResizeMode.Shortest;

    /// <summary>
    /// The size to which the chosen side is resized before the crop; equal to <see cref="Size"/> in nearly all models.
    /// </summary>
    public int ResizeSize { get; init; } = Size;

    /// <summary>How pixels are interpolated.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>The mean of each channel, of pixels from 0 to 1, over CLIP's training images.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>The standard deviation of each channel.</summary>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>The padding color for <see cref="ResizeMode.Longest"/>, 0 to 255 in every channel.</summary>
    public byte FillColor { get; init; }

    /// <summary>Bytes of one preprocessed image: [Size, Size, 3].</summary>
    public int ByteCount => Size * Size * 3;

    /// <summary>Preprocesses an image.</summary>
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

        // The image is smaller than the crop on some side: it is padded around its center.
        byte[] window = new byte[windowWidth * windowHeight * 3];
        PillowResize.Resize(image, Interpolation, width, height, left, top, windowWidth, windowHeight, window);
        destination.Fill(FillColor);
        for (int row = 0; row < windowHeight; row++)
        {
            window.AsSpan(row * windowWidth * 3, windowWidth * 3).CopyTo(destination[((((toTop + row) * Size) + toLeft) * 3)..]);
        }
    }

    /// <summary>The same for a model that sees the same part of an image in more pixels.</summary>
    internal ImagePreprocessing Times(int factor) => this with { Size = Size * factor, ResizeSize = ResizeSize * factor };

    /// <summary>Where an image of a size lies in the model's view of it.</summary>
    internal CropPlacement Place(int width, int height)
    {
        (int resizedWidth, int resizedHeight) = Resized(width, height);
        (int left, int windowWidth, int toLeft) = Window(resizedWidth);
        (int top, int windowHeight, int toTop) = Window(resizedHeight);
        return new(
            new((double)resizedWidth / width, toLeft - left, toLeft, toLeft + windowWidth),
            new((double)resizedHeight / height, toTop - top, toTop, toTop + windowHeight)
        );
    }

    /// <summary>
    /// The size after the resize: torchvision truncates the other side's fraction; open_clip rounds it where the longer side
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
    /// The start of the center crop, its length, and its position in the result. torchvision rounds the start half to even; an
    /// image that is too small is padded first, with the smaller half before it.
    /// </summary>
    private (int Start, int Length, int To) Window(int extent) =>
        extent >= Size
            ? ((int)Math.Round((extent - Size) / 2.0, MidpointRounding.ToEven), Size, 0)
            : (0, extent, (Size - extent) / 2);
}
