namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>
    /// Cross-correlation: images [n, in, height, width], weight [out, in, kernel, kernel], bias [out] → [n, out, height',
    /// width'].
    /// </summary>
    public Value Convolution(Value images, Value weight, Value? bias, long stride = 1, long padding = 0)
    {
        if (images.Shape.Rank != 4 || weight.Shape.Rank != 4 || images.Shape[1] != weight.Shape[1])
        {
            throw Mismatch("Convolution", images, weight, "the images' channels are not the weight's second extent");
        }

        long kernel = weight.Shape[2].Factor;
        TensorShape shape =
        [
            images.Shape[0],
            weight.Shape[0],
            Windows(images.Shape[2], kernel, stride, padding),
            Windows(images.Shape[3], kernel, stride, padding),
        ];
        return AddNode(
            "Conv",
            images.Type,
            shape,
            bias is null ? [images, weight] : [images, weight, bias],
            ("strides", new[] { stride, stride }),
            ("pads", new[] { padding, padding, padding, padding })
        );
    }

    /// <summary>
    /// Batch norm with the statistics of the run's images (arXiv 1502.03167, algorithm 1): (x − mean) ÷ √(variance + ε) · weight
    /// + bias, mean and variance of each channel over all images and positions.
    /// </summary>
    /// <param name="maps">[n, channels, height, width].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>
    /// The maps, the mean [channels], and the unbiased variance [channels] (÷ (n − 1); 0 for a single number).
    /// </returns>
    public (Value Maps, Value Mean, Value Variance) BatchNorm(Value maps, Value weight, Value bias, float epsilon)
    {
        if (maps.Shape.Rank != 4 || !weight.Shape.Equals([maps.Shape[1]]))
        {
            throw Mismatch("BatchNorm", maps, weight, "there is not one weight per channel");
        }

        if (!bias.Shape.Equals(weight.Shape))
        {
            throw Mismatch("BatchNorm", weight, bias, "weight and bias differ in shape");
        }

        Dimension channels = maps.Shape[1];
        Value OfChannels(Value value) => Reshape(value, [1, channels, 1, 1]);
        Value mean = MeanOver(maps, 0, 2, 3);
        Value centered = Subtract(maps, mean);
        Value variance = MeanOver(Multiply(centered, centered), 0, 2, 3);
        Value scale = Divide(OfChannels(weight), Sqrt(Add(variance, epsilon)));
        Value count = Multiply(SizeOf(maps), 1f / channels.Factor);
        Value unbiased = Multiply(variance, Divide(count, Maximum(Add(count, -1), Constant([1f]))));
        return (Add(Multiply(centered, scale), OfChannels(bias)), Reshape(mean, [channels]), Reshape(unbiased, [channels]));
    }

    /// <summary>The mean of each window of size × size; windows do not overlap.</summary>
    public Value AveragePool(Value images, long size)
    {
        TensorShape shape = images
            .Shape.With(2, Windows(images.Shape[2], size, size, 0))
            .With(3, Windows(images.Shape[3], size, size, 0));
        return AddNode(
            "AveragePool",
            images.Type,
            shape,
            [images],
            ("kernel_shape", new[] { size, size }),
            ("strides", new[] { size, size })
        );
    }

    /// <summary>
    /// The gradient of a convolution with respect to its images: each output gradient spread by the weight over its inputs.
    /// </summary>
    /// <param name="outputs">[n, out, height', width'].</param>
    /// <param name="weight">[out, in, kernel, kernel].</param>
    /// <param name="images">The convolution's input, whose shape the result has.</param>
    /// <param name="stride">The convolution's stride.</param>
    /// <param name="padding">The convolution's padding.</param>
    public Value ConvolutionInputGradient(Value outputs, Value weight, Value images, long stride, long padding)
    {
        // Positions at the lower and right edge that no window reached have gradient 0.
        long Unreached(int axis) =>
            images.Shape[axis].Factor - (((outputs.Shape[axis].Factor - 1) * stride) + weight.Shape[axis].Factor - (2 * padding));
        return AddNode(
            "ConvTranspose",
            outputs.Type,
            images.Shape,
            [outputs, weight],
            ("strides", new[] { stride, stride }),
            ("pads", new[] { padding, padding, padding, padding }),
            ("output_padding", new[] { Unreached(2), Unreached(3) })
        );
    }

    /// <summary>
    /// The gradient of a convolution with respect to its weight: images and output gradients correlated at each shift of the
    /// kernel, summed over the images.
    /// </summary>
    /// <param name="images">[n, in, height, width].</param>
    /// <param name="outputs">[n, out, height', width'].</param>
    /// <param name="weight">[out, in, kernel, kernel]; the result has its shape.</param>
    /// <param name="stride">The convolution's stride.</param>
    /// <param name="padding">The convolution's padding.</param>
    public Value ConvolutionWeightGradient(Value images, Value outputs, Value weight, long stride, long padding)
    {
        Value channels = Transpose(images, 1, 0, 2, 3),
            kernels = Transpose(outputs, 1, 0, 2, 3);
        // Windows that end before the last row or column cause shifts beyond the kernel, which are sliced off.
        Dimension Shifts(int axis) => images.Shape[axis].Factor + (2 * padding) - ((outputs.Shape[axis].Factor - 1) * stride);
        Value shifts = AddNode(
            "Conv",
            images.Type,
            [channels.Shape[0], kernels.Shape[0], Shifts(2), Shifts(3)],
            [channels, kernels],
            ("dilations", new[] { stride, stride }),
            ("pads", new[] { padding, padding, padding, padding })
        );
        for (int axis = 2; axis < 4; axis++)
        {
            shifts = shifts.Shape[axis] == weight.Shape[axis] ? shifts : Slice(shifts, axis, 0, weight.Shape[axis].Factor);
        }

        return Transpose(shifts, 1, 0, 2, 3);
    }

    /// <summary>
    /// The gradient of average pooling with respect to its images: each output gradient divided evenly over its window.
    /// </summary>
    public Value Unpool(Value means, Value images, long size)
    {
        (Dimension count, Dimension channels, long height, long width) = (
            means.Shape[0],
            means.Shape[1],
            means.Shape[2].Factor,
            means.Shape[3].Factor
        );
        Value apart = Reshape(Multiply(means, 1f / (size * size)), [count, channels, height, 1, width, 1]);
        Value spread = AddNode(
            "Expand",
            means.Type,
            [count, channels, height, size, width, size],
            [apart, Constant([1L, 1, 1, size, 1, size], 6)]
        );
        Value whole = Reshape(spread, [count, channels, height * size, width * size]);
        for (int axis = 2; axis < 4; axis++)
        {
            whole =
                whole.Shape[axis] == images.Shape[axis]
                    ? whole
                    : PadAs(whole, new Value(whole.Name, whole.Type, whole.Shape.With(axis, images.Shape[axis])), axis, 0);
        }

        return whole;
    }

    private static Dimension Windows(Dimension extent, long kernel, long stride, long padding) =>
        ((extent.Factor + (2 * padding) - kernel) / stride) + 1;
}
