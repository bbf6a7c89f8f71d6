using Microsoft.ML.OnnxRuntime;

namespace Cupola.Benchmarks;

/// <summary>
/// The text tower as others run it: rows padded to the context length, through the exported graph in a plain session of the same
/// ONNX Runtime.
/// </summary>
internal static class PaddedTexts
{
    /// <summary>
    /// Encodes some texts, spread evenly over all; padded rows all take the same time, so a sample tells their rate.
    /// </summary>
    public static void Encode(int[][] ids, int sample, int context, int batch, InferenceSession session)
    {
        using RunOptions options = new();
        for (int start = 0; start < sample; start += batch)
        {
            var rows = new long[batch * context];
            for (int row = 0; row < batch; row++)
            {
                int[] text = ids[(start + row) * (ids.Length / sample)];
                for (int position = 0; position < text.Length; position++)
                {
                    rows[(row * context) + position] = text[position];
                }
            }

            using OrtValue input = OrtValue.CreateTensorValueFromMemory(rows, [batch, context]);
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["input_ids"], [input], ["text_embeds"]);
        }
    }
}
