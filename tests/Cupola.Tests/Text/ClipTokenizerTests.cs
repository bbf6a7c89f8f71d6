using System.Globalization;
using System.Text.Json;
using CsCheck;
using Cupola.Tests.Cli;
using Cupola.Text;

namespace Cupola.Tests.Text;

public sealed class ClipTokenizerTests
{
    private static readonly Lazy<ClipTokenizer> Clip = new(() =>
        ClipTokenizer.Load(SharedFolder.Need("data", "clip-bpe", "vocab.json"))
    );

    /// <summary>CLIP's own, or where it is not there one that this repository has learnt.</summary>
    private static readonly string AnyFile = SharedFolder.Find("data", "clip-bpe", "vocab.json")
        ?? SharedFolder.Own("trained-tokenizer", "tokenizer.json");

    private static readonly Lazy<ClipTokenizer> Any = new(static () => ClipTokenizer.Load(AnyFile));

    public static TheoryData<string> Files => ["tokenizer.json", "vocab.json", "bpe_simple_vocab_16e6.txt.gz"];

    [Theory]
    [MemberData(nameof(Files))]
    public void GivesTheIdsOfTheFastTokenizerForEveryGoldenText(string file) =>
        AssertGivesTheIdsOf("tokens.jsonl", 277, SharedFolder.Need("data", "clip-bpe", file));

    [Theory]
    [MemberData(nameof(Files))]
    public void GivesTheIdsOfTheFastTokenizerForOddUnicode(string file) =>
        AssertGivesTheIdsOf("tokens-unicode.jsonl", 600, SharedFolder.Need("data", "clip-bpe", file));

    [Fact]
    public void GivesTheIdsOfTheFastTokenizerInASmallVocabularyToo() =>
        AssertGivesTheIdsOf(
            Path.Combine("trained-tokenizer", "ids-texts.jsonl"),
            877,
            SharedFolder.Own("trained-tokenizer", "tokenizer.json")
        );

    [Fact]
    public void WithoutUnicodeDataATextThatMayNeedItIsRefusedAndOthersAreRead()
    {
        Dictionary<string, string> without = new() { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" };
        string model = SharedFolder.Need("data", "clip-bpe");

        Tool.Run plain = Tool.StartWith(without, "inspect", "tokens", "Ein Café", "--model", model, "--format", "json");
        Tool.Run composed = Tool.StartWith(without, "inspect", "tokens", "e\u0301", "--model", model);

        Assert.Equal(
            Clip.Value.Encode("Ein Café").Ids,
            JsonDocument.Parse(plain.Lines[0]).RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())
        );
        Assert.Equal(3, composed.ExitCode);
        Assert.Contains("install ICU", composed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void CutsALongTextSoThatTheEndTokenStaysAndSaysSo()
    {
        TokenizedText text = Clip.Value.Encode(string.Join(' ', Enumerable.Repeat("very", 200)));

        Assert.True(text.IsTruncated);
        Assert.Equal(77, text.Ids.Length);
        Assert.Equal(Clip.Value.EndId, text.Ids[^1]);
        Assert.False(Clip.Value.Encode(string.Join(' ', Enumerable.Repeat("very", 75))).IsTruncated);
    }

    [Theory]
    [InlineData("a<|endoftext|>b", new[] { 49406, 320, 49407, 321, 49407 })]
    [InlineData("<|StartOfText|>", new[] { 49406, 49406, 49407 })]
    [InlineData("", new[] { 49406, 49407 })]
    public void KnowsTheSpecialTokensAsTheFastTokenizerDoes(string text, int[] expected) =>
        Assert.Equal(expected, Clip.Value.Encode(text).Ids);

    [Fact]
    public void ReadsTheEndTokenInCapitalsAsWordsAsTheFastTokenizerDoes()
    {
        // It is looked for before the text is lower-cased.
        int[] ids = [.. Any.Value.Encode("<|ENDOFTEXT|>").Ids];

        Assert.DoesNotContain(Any.Value.EndId, ids[..^1]);
        Assert.Equal("<|</w>endoftext</w>|></w>", string.Concat(Any.Value.Tokens(ids[1..^1])));
    }

    [Fact]
    public void DoesNotDependOnTheLanguageOfTheMachine()
    {
        int[] here = [.. Any.Value.Encode("INDIGO Iİı").Ids];
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            Assert.Equal(here, ClipTokenizer.Load(AnyFile).Encode("INDIGO Iİı").Ids);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void SeesLettersBeyondTheBasicPlaneAsLetters()
    {
        // A mathematical bold word is one piece of letters, so only its last byte ends a word.
        IReadOnlyList<string> tokens = Any.Value.Tokens(Any.Value.Encode("𝐜𝐚𝐭").Ids);

        Assert.Single(tokens.Skip(1).SkipLast(1), token => token.EndsWith("</w>", StringComparison.Ordinal));
    }

    [Fact]
    public void TakesAnyStringEvenHalfAPair()
    {
        ClipTokenizer tokenizer = Any.Value;
        Gen.String.Sample(text =>
        {
            int[] ids = [.. tokenizer.Encode(text).Ids];
            Assert.Equal(tokenizer.StartId, ids[0]);
            Assert.Equal(tokenizer.EndId, ids[^1]);
        });
    }

    [Theory]
    [InlineData("{", "tokenizer.json")]
    [InlineData("""{"model":{"type":"WordPiece"}}""", "WordPiece")]
    [InlineData("""{"model":{"type":"two\nlines"}}""", "has a two lines tokenizer")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "</w>")]
    [InlineData("""{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0},"merges":[]}}""", "<|startoftext|>")]
    public void RefusesFilesThatAreNotClipsTokenizer(string json, string named)
    {
        string path = TestFolder.NewFile("tokenizer.json");
        File.WriteAllText(path, json);

        Assert.Contains(
            named,
            Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void SaysWhatAFolderWithoutATokenizerNeeds() =>
        Assert.Contains(
            "tokenizer.json",
            Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(TestFolder.New())).Message,
            StringComparison.Ordinal
        );

    private static void AssertGivesTheIdsOf(string golden, int count, string path)
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(path, contextLength: 100_000);

        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", golden));
        Assert.Equal(count, lines.Length);
        Assert.All(lines, line =>
        {
            using JsonDocument expected = JsonDocument.Parse(line);
            int[] ids = [.. expected.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(ids, tokenizer.Encode(expected.RootElement.GetProperty("text").GetString()!).Ids);
        });
    }
}
