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
    private const int Samples = 8;

    /// <summary>Waves of an image, channel by channel.</summary>
    private const int Waves = 6;

    /// <summary>Texts of a run, and tokens between the start and the end of each.</summary>
    private const int TextsTogether = 4,
        MostTokens = 24;

    /// <summary>One image a run, in the form of the graph's input.</summary>
    public static IEnumerable<Tensor[]> Images(Value input)
    {
        bool isBytes = input.Type == ElementType.UInt8;
        int size = (int)input.Shape[2].Factor;
        Random random = new(1);
        for (int sample = 0; sample < Samples; sample++)
        {
            float[] image = Image(size, random);
            yield return
            [
                isBytes
                    ? Tensor.Of<byte>(
                        ElementType.UInt8,
                        [.. image.Select(static number => (byte)Math.Clamp((number * 64) + 128, 0, 255))],
                        1,
                        size,
                        size,
                        3
                    )
                    : Tensor.Of<float>(ElementType.Float32, image, 1, 3, size, size),
            ];
        }
    }

    /// <summary>A few texts a run, in the form in which the tower reads.</summary>
    public static IEnumerable<Tensor[]> Texts(TextTransformer tower)
    {
        Random random = new(1);
        int end = tower.VocabularySize - 1,
            most = Math.Max(1, Math.Min(MostTokens, tower.ContextLength - 2));
        for (int sample = 0; sample < Samples; sample++)
        {
            if (tower.Reading == TextReading.FixedLength)
            {
                int[][] rows = [.. All(int[] (_) => [.. Tokens(random, end, tower.ContextLength)])];
                yield return new TextRows(rows, [.. All(static text => text)], tower.ContextLength).Tensors.ToArray();
                continue;
            }

            int[][] texts = [.. All(int[] (_) => [Math.Max(0, end - 1), .. Tokens(random, end, random.Next(1, most + 1)), end])];
            foreach (PromptTree tree in PromptTree.Pack(texts, PromptTree.MaximumNodes, share: true, out _))
            {
                yield return new PackedTree(tree).Tensors.ToArray();
            }
        }
    }

    private static IEnumerable<T> All<T>(Func<int, T> text) => Enumerable.Range(0, TextsTogether).Select(text);

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
