using Cupola.Graphs;
using Cupola.Text;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>
/// Made-up inputs on which a model shows which of its channels are large: images that are sums of waves, and texts of random
/// tokens. They are always the same ones.
/// </summary>
internal static class SyntheticInputs
{
    /// <summary>Images of the run.</summary>
    private const int ImageCount = 8;

    /// <summary>Waves of an image, channel by channel.</summary>
    private const int Waves = 6;

    /// <summary>Texts of the run, and tokens between the start and the end of each.</summary>
    private const int TextCount = 32,
        MostTokens = 24;

    /// <summary>Images in the form of the graph's input.</summary>
    public static Tensor[] Images(Value input)
    {
        int size = (int)input.Shape[2].Factor;
        Random random = new(1);
        IEnumerable<float> numbers = Enumerable.Range(0, ImageCount).SelectMany(_ => Image(size, random));
        return
        [
            input.Type == ElementType.UInt8
                ? Tensor.Of<byte>(
                    ElementType.UInt8,
                    [.. numbers.Select(static number => (byte)Math.Clamp((number * 64) + 128, 0, 255))],
                    ImageCount,
                    size,
                    size,
                    3
                )
                : Tensor.Of<float>(ElementType.Float32, [.. numbers], ImageCount, 3, size, size),
        ];
    }

    /// <summary>Texts in the form in which the tower reads.</summary>
    public static Tensor[] Texts(TextTransformer tower)
    {
        Random random = new(1);
        int end = tower.VocabularySize - 1;
        if (tower.Reading == TextReading.FixedLength)
        {
            int[][] rows = [.. All(int[] (_) => [.. Tokens(random, end, tower.ContextLength)])];
            return new TextRows(rows, [.. All(static text => text)], tower.ContextLength).Tensors.ToArray();
        }

        int most = Math.Max(1, Math.Min(MostTokens, tower.ContextLength - 2));
        int[][] texts = [.. All(int[] (_) => [Math.Max(0, end - 1), .. Tokens(random, end, random.Next(1, most + 1)), end])];
        return new PackedTree(PromptTree.Pack(texts, PromptTree.MaximumNodes, share: true, out _)[0]).Tensors.ToArray();
    }

    private static IEnumerable<T> All<T>(Func<int, T> text) => Enumerable.Range(0, TextCount).Select(text);

    private static IEnumerable<int> Tokens(Random random, int vocabulary, int count) =>
        Enumerable.Range(0, count).Select(_ => random.Next(Math.Max(1, vocabulary)));

    /// <summary>Numbers about 0, three for each pixel.</summary>
    private static float[] Image(int size, Random random)
    {
        float[] image = new float[size * size * 3];
        for (int channel = 0; channel < 3; channel++)
        {
            float shade = Between(random, -1, 1);
            for (int wave = 0; wave < Waves; wave++)
            {
                float height = Between(random, 0, 0.8f),
                    across = Between(random, 0, 0.6f),
                    down = Between(random, 0, 0.6f),
                    phase = Between(random, 0, 2 * MathF.PI);
                for (int pixel = 0; pixel < size * size; pixel++)
                {
                    (int row, int column) = Math.DivRem(pixel, size);
                    image[(3 * pixel) + channel] +=
                        (shade / Waves) + (height * MathF.Sin(phase + (across * column) + (down * row)));
                }
            }
        }

        return image;
    }

    private static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());
}
