using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

public sealed class InitialParametersTests
{
    private static readonly ClipConfig Transformer = new(
        new(1000, 32, new(64, 2, 3, 256, Activation.QuickGelu)),
        new VisionTransformerConfig(64, 16, new(96, 3, 2, 384, Activation.QuickGelu)),
        48,
        []
    );

    private static readonly ClipConfig Network = Transformer with { Image = new ResNetConfig(64, [1, 2, 1, 1], 16, 8) };

    /// <summary>
    /// What OpenAI's initialize_parameters and PyTorch's defaults say, worked out by hand: the deviation of a uniform number is
    /// its bound ÷ √3.
    /// </summary>
    [Theory]
    [InlineData("text.token_embedding", 0.02)]
    [InlineData("text.position_embedding", 0.01)]
    [InlineData("text.projection", 0.125)] // 1 ÷ √64
    [InlineData("text.blocks.1.attention.query.weight", 0.125)]
    [InlineData("text.blocks.1.attention.output.weight", 0.0510310)] // 1 ÷ √(64 · 2 · 3)
    [InlineData("text.blocks.1.mlp.expand.weight", 0.0883883)] // 1 ÷ √128
    [InlineData("text.blocks.1.mlp.contract.weight", 0.0510310)]
    [InlineData("image.position_embedding", 0.1020621)] // 1 ÷ √96
    [InlineData("image.projection", 0.1020621)]
    [InlineData("image.patch_embedding", 0.0208333)] // 1 ÷ √(3 · 16 · 16 · 3)
    [InlineData("image.blocks.0.attention.key.weight", 0.0721688)] // √(6 ÷ 384) ÷ √3
    [InlineData("image.blocks.0.attention.output.weight", 0.0589256)] // 1 ÷ √(96 · 3)
    [InlineData("image.blocks.0.mlp.contract.weight", 0.0294628)] // 1 ÷ √(384 · 3)
    public void NumbersAreDrawnAsWideAsTheReferenceDrawsThem(string name, double deviation)
    {
        float[] numbers = Numbers(Transformer, 1, name);

        double mean = numbers.Average(static number => (double)number);
        double actual = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
        // The deviation of n numbers is itself known to 1 ÷ √(2 n) of its size; five such are one chance in a million.
        Assert.InRange(actual / deviation, 1 - (5 / Math.Sqrt(2.0 * numbers.Length)), 1 + (5 / Math.Sqrt(2.0 * numbers.Length)));
        Assert.InRange(mean / deviation, -5 / Math.Sqrt(numbers.Length), 5 / Math.Sqrt(numbers.Length));
    }

    [Fact]
    public void NormsBeginAsNothingDoneAndAttentionWithoutBias()
    {
        Assert.All(Numbers(Transformer, 1, "text.final_norm.weight"), static number => Assert.Equal(1, number));
        Assert.All(Numbers(Transformer, 1, "image.blocks.1.attention.query.bias"), static number => Assert.Equal(0, number));
        Assert.Contains(Numbers(Transformer, 1, "image.blocks.1.mlp.expand.bias"), static number => number != 0);
        Assert.Equal(2.65926f, Assert.Single(Numbers(Transformer, 1, "logit_scale")));
    }

    [Fact]
    public void EachBlockOfAResidualNetworkBeginsAsItsShortcut()
    {
        Assert.All(Numbers(Network, 1, "image.stages.2.1.3.batch_norm.weight"), static number => Assert.Equal(0, number));
        Assert.All(Numbers(Network, 1, "image.stages.2.1.2.batch_norm.weight"), static number => Assert.Equal(1, number));
        Assert.All(Numbers(Network, 1, "image.stages.2.1.3.batch_norm.running_variance"), static number =>
            Assert.Equal(1, number)
        );
        Assert.All(Numbers(Network, 1, "image.stages.2.1.3.batch_norm.running_mean"), static number => Assert.Equal(0, number));
    }

    [Fact]
    public void TheSameSeedGivesTheSameNumbersAndAnotherOthers()
    {
        Assert.Equal(
            Numbers(Network, 7, "image.stages.1.0.1.convolution"),
            Numbers(Network, 7, "image.stages.1.0.1.convolution")
        );
        Assert.NotEqual(
            Numbers(Network, 7, "image.stages.1.0.1.convolution"),
            Numbers(Network, 8, "image.stages.1.0.1.convolution")
        );
    }

    private static float[] Numbers(ClipConfig config, int seed, string name)
    {
        IReadOnlyDictionary<string, Tensor> parameters = InitialParameters.Create(config, seed);
        try
        {
            return parameters[name].AsSpan<float>().ToArray();
        }
        finally
        {
            foreach (Tensor tensor in parameters.Values)
            {
                tensor.Dispose();
            }
        }
    }
}
