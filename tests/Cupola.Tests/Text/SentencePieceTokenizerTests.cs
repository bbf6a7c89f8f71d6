using System.Text.Json;
using Cupola.Text;

namespace Cupola.Tests.Text;

/// <summary>SigLIP's tokenizers against the ids of the real sentencepiece library.</summary>
public sealed class SentencePieceTokenizerTests
{
    public static TheoryData<string, string> Files =>
        new()
        {
            { "unigram", "spiece.model" },
            { "unigram", "tokenizer.json" },
            { "gemma-like", "tokenizer.model" },
            { "gemma-like", "tokenizer.json" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void IdsAreTheLibrarysAfterTheCleaningOfTransformers(string kind, string file) =>
        AssertIds(kind, file, cleaning: null, "ids");

    [Theory]
    [MemberData(nameof(Files))]
    public void IdsAreTheLibrarysAfterTheCleaningOfOpenClip(string kind, string file) =>
        AssertIds(kind, file, TextCleaning.OpenClipCanonical, "open_clip_ids");

    private static void AssertIds(string kind, string file, TextCleaning? cleaning, string key)
    {
        string folder = SharedFolder.Need("parity", "siglip", "tokenizer", kind);
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(Path.Combine(folder, file), 100_000, cleaning);
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "tokens.jsonl")))
        {
            using JsonDocument golden = JsonDocument.Parse(line);
            string text = golden.RootElement.GetProperty("text").GetString()!;
            JsonElement ids = golden.RootElement.GetProperty(key);
            if (ids.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            int[] expected = [.. ids.EnumerateArray().Select(static id => id.GetInt32())];
            Assert.True(
                expected.SequenceEqual(tokenizer.Encode(text).Ids),
                $"{JsonSerializer.Serialize(text)}: [{string.Join(' ', tokenizer.Encode(text).Ids)}] in place of "
                    + $"[{string.Join(' ', expected)}]."
            );
            compared++;
        }

        Assert.InRange(compared, 100, 200);
    }

    [Fact]
    public void ALongTextKeepsItsEndAndAShortOneIsPaddedForTheModel()
    {
        SentencePieceTokenizer first = SentencePieceTokenizer.Load(
                SharedFolder.Need("parity", "siglip", "tokenizer", "unigram"),
                16
            ),
            second = SentencePieceTokenizer.Load(SharedFolder.Need("parity", "siglip", "tokenizer", "gemma-like"), 16);
        TokenizedText cut = first.Encode(string.Join(' ', Enumerable.Repeat("a photo", 40)));

        Assert.True(cut.IsTruncated);
        Assert.Equal((16, first.EndId), (cut.Ids.Length, cut.Ids[15]));
        Assert.Equal([4, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], first.Read("A photo!"));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], second.Read(""));
    }
}
