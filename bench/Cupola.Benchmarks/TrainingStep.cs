using System.Diagnostics;
using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;

namespace Cupola.Benchmarks;

/// <summary>
/// A whole training step: both towers, the loss, the backward pass, AdamW and the clamp of the logit scale. Images and texts are
/// drawn as the peer's script draws them: each text has random ids and ends at a random place from the ninth token on, so texts
/// have no beginnings in common that a prompt tree could share; that nothing is padded behind the end is Cupola's gain.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    private const int EndToken = 49407;

    private readonly TrainableParameters _parameters;
    private readonly TrainableClip _clip;
    private readonly AdamW _optimizer;
    private readonly Tensor _images;
    private readonly int[][] _texts;

    public TrainingStep(
        ClipConfig config,
        int batch,
        Engine engine,
        ImageForm form,
        TrainingMemory memory,
        ICollective? ranks = null
    )
    {
        Random random = new(1);
        ClipNetwork network = new(config);
        IReadOnlyDictionary<string, long[]> shapes = network.Shapes;
        _parameters = new(network.Parameters, name => Initial(name, shapes[name], random), isFrozen: static _ => false);
        _clip = new(
            engine,
            config,
            new(config.Image.ImageSize),
            _parameters,
            form,
            memory,
            LossKind.InfoNce,
            maskSameLabel: false,
            ranks
        );
        _optimizer = new(_parameters, new());
        _images = Images(random, form, batch, config.Image.ImageSize, _clip.PairsOf(batch));
        _texts = [.. Enumerable.Range(0, batch).Select(_ => Text(random, config.Text.ContextLength))];
    }

    /// <summary>ViT 4 × 128, patch 8, 48 px; text 2 × 128, 24 tokens.</summary>
    public static ClipConfig Small { get; } =
        new(new(49408, 24, Transformer(128, 2)), new VisionTransformerConfig(48, 8, Transformer(128, 4)), 128, []);

    /// <summary>ViT 12 × 768, patch 32, 224 px; text 12 × 512, 77 tokens.</summary>
    public static ClipConfig Base { get; } =
        new(new(49408, 77, Transformer(512, 12)), new VisionTransformerConfig(224, 32, Transformer(768, 12)), 512, []);

    /// <summary>What images and texts take.</summary>
    public long DataBytes => _images.ByteCount + _texts.Sum(static text => (long)sizeof(int) * text.Length);

    /// <summary>Where the time of the steps so far went, but for AdamW's.</summary>
    public StepTimes Times => _clip.Times;

    /// <summary>Numbers that learn.</summary>
    public long Parameters => _parameters.Gradients.Values.Sum(static gradient => gradient.ElementCount);

    /// <summary>Seconds by the clock in AdamW.</summary>
    public double OptimizerSeconds { get; private set; }

    public void Make()
    {
        _clip.Differentiate(_images, _texts);
        long start = Stopwatch.GetTimestamp();
        _optimizer.Step(static _ => 5e-4f);
        OptimizerSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        Span<float> scale = _parameters.Values[TrainableParameters.LogitScaleName].AsSpan<float>();
        scale[0] = Math.Clamp(scale[0], 0, ImageTextLoss.LargestLogitScale);
    }

    public void Dispose()
    {
        _images.Dispose();
        _optimizer.Dispose();
        _clip.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Images of some pairs; those of the others are drawn as well, so that all ranks draw the same.</summary>
    private static Tensor Images(Random random, ImageForm form, int batch, int size, (int Start, int End) own)
    {
        int numbers = size * size * 3;
        Tensor images =
            form == ImageForm.Bytes
                ? Tensor.Allocate(ElementType.UInt8, own.End - own.Start, size, size, 3)
                : Tensor.Allocate(ElementType.Float32, own.End - own.Start, 3, size, size);
        byte[] bytes = new byte[numbers];
        float[] pixels = new float[numbers];
        for (int pair = 0; pair < batch; pair++)
        {
            bool isOwn = pair >= own.Start && pair < own.End;
            int place = (pair - own.Start) * numbers;
            if (form == ImageForm.Bytes)
            {
                random.NextBytes(bytes);
                bytes.CopyTo(isOwn ? images.AsSpan<byte>()[place..] : bytes);
            }
            else
            {
                foreach (ref float pixel in pixels.AsSpan())
                {
                    pixel = Normal(random);
                }

                pixels.CopyTo(isOwn ? images.AsSpan<float>()[place..] : pixels);
            }
        }

        return images;
    }

    /// <summary>Ids up to a random end, as the script's <c>randint</c> gives them.</summary>
    private static int[] Text(Random random, int context)
    {
        int[] ids = [.. Enumerable.Range(0, random.Next(8, context) + 1).Select(_ => random.Next(1, 49000))];
        ids[^1] = EndToken;
        return ids;
    }

    private static float[] Initial(string name, long[] shape, Random random)
    {
        var numbers = new float[shape.Aggregate(1L, static (product, extent) => product * extent)];
        bool isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        float spread =
            shape.Length == 2 && name.EndsWith("weight", StringComparison.Ordinal) ? 0.5f / MathF.Sqrt(shape[1]) : 0.02f;
        for (int index = 0; index < numbers.Length; index++)
        {
            numbers[index] =
                name == "logit_scale" ? ContrastiveLoss.InitialLogitScale
                : isNorm ? 1
                : spread * Normal(random);
        }

        return numbers;
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static TransformerConfig Transformer(int width, int layers) =>
        new(width, width / 64, layers, 4 * width, Activation.QuickGelu);
}
