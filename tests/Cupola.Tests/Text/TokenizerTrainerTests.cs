using System.Text;
using System.Text.Json;
using CsCheck;
using Cupola.Text;

namespace Cupola.Tests.Text;

public sealed class TokenizerTrainerTests
{
    private static readonly string[] Captions =
    [
        "A red disc on a white field.",
        "The flag is white with a red disc in the centre.",
        "It's a blue cross, edged white, on red.",
        "Two stripes: green above, white below!",
        "Fünf Sterne auf blauem Grund",
        "白地に赤い丸の旗",
        "a red   disc\ton a WHITE field",
        "1234 stars & 13 stripes",
        "the stars' colours aren't red",
    ];

    /// <summary>Twice, so that every word may become a token.</summary>
    private static readonly string[] Said = [.. Captions, .. Captions];

    [Fact]
    public void WhatIsLearntIsWhatCountingAnewAfterEachMergeGives() =>
        Gen.Char['a', 'd']
            .Array[1, 7]
            .Select(letters => new string(letters))
            .Array[1, 25]
            .Sample(words =>
            {
                TokenizerFiles learnt = Train(TokenizerTrainer.SmallestVocabulary + 12, [string.Join(' ', words)]);

                Assert.Equal(CountingAnew(words, 12), learnt.Merges);
            });

    [Fact]
    public void TokensComeInClipsOrderAndCountEachOnce()
    {
        TokenizerFiles learnt = Train(600, Said);
        string[] tokens = [.. learnt.Vocabulary.Select(entry => entry.Key)];

        Assert.Equal(600, tokens.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 600), learnt.Vocabulary.Select(entry => entry.Value));
        Assert.Equal(["!", "\"", "!</w>", "\"</w>"], [tokens[0], tokens[1], tokens[256], tokens[257]]);
        Assert.Equal(["<|startoftext|>", "<|endoftext|>"], tokens[^2..]);
    }

    [Fact]
    public void BytesComeInTheOrderOfClipsOwnVocabulary() =>
        Assert.Equal(
            TokenizerFiles
                .Read(SharedFolder.Need("data", "clip-bpe", "vocab.json"))
                .Vocabulary.OrderBy(entry => entry.Value)
                .Take(512)
                .Select(entry => entry.Key),
            TokenizerFiles.ByteTokens()
        );

    [Fact]
    public void NoTokenReachesOverTheEndOfAWord()
    {
        TokenizerFiles learnt = Train(900, [.. Enumerable.Repeat("of the of the it's it's 12 12", 50)]);

        Assert.All(learnt.Vocabulary.SkipLast(2), entry =>
            Assert.DoesNotContain("</w>", entry.Key[..Math.Max(entry.Key.Length - 4, 0)], StringComparison.Ordinal)
        );
        Assert.Equal(
            ["'s</w>", "he</w>", "it</w>", "of</w>", "the</w>"],
            learnt.Vocabulary.Skip(512).SkipLast(2).Select(entry => entry.Key).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void CaptionsAreWeighedByHowOftenTheyAreSaid()
    {
        TokenizerTrainer trainer = new();
        trainer.Add("ab", times: 3);
        trainer.Add("cd cd");

        Assert.Equal(["a b</w>", "c d</w>"], trainer.Train(600).Merges);
        Assert.Equal(["c d</w>", "a b</w>"], Train(600, ["ab ab", "cd", "cd", "cd"]).Merges);
        Assert.Empty(Train(600, ["ab"]).Merges);
    }

    [Fact]
    public void TheOrderOfCaptionsDoesNotMatter() => Assert.Equal(Train(640, Said).Merges, Train(640, Said.Reverse()).Merges);

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("tokenizer.json")]
    public void WhatIsWrittenIsReadAndGivesTheTokensThatWereLearnt(string file)
    {
        string folder = TestFolder.New();
        TokenizerFiles learnt = Train(640, Said);
        TokenizerFolder.Write(folder, learnt, contextLength: 40);

        ClipTokenizer tokenizer = ClipTokenizer.Load(Path.Combine(folder, file), contextLength: 40);

        Assert.Equal(learnt.Vocabulary.Count, tokenizer.VocabularySize);
        Assert.Equal((tokenizer.VocabularySize - 2, tokenizer.VocabularySize - 1), (tokenizer.StartId, tokenizer.EndId));
        Assert.Equal(["white</w>"], tokenizer.Tokens(tokenizer.Encode("White").Ids[1..^1]));
        Assert.All(Captions, caption =>
            Assert.Equal(
                string.Concat(caption.Normalize().ToLowerInvariant().Where(letter => !char.IsWhiteSpace(letter))),
                Decode(tokenizer.Tokens(tokenizer.Encode(caption).Ids[1..^1]))
            )
        );
        Assert.True(tokenizer.Encode(string.Join(' ', Said)).IsTruncated);
    }

    [Fact]
    public void TheWrittenFilesGiveTheIdsOfTheFastTokenizer()
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", "trained-tokenizer"),
            folder = TestFolder.New();
        TokenizerFolder.Write(folder, Train(640, Said), contextLength: 77);
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder, contextLength: 1000);

        Assert.Equal(
            File.ReadAllText(Path.Combine(golden, "tokenizer.json")).TrimEnd(),
            File.ReadAllText(Path.Combine(folder, "tokenizer.json"))
        );
        string[] lines = File.ReadAllLines(Path.Combine(golden, "ids.jsonl"));
        Assert.Equal(212, lines.Length);
        Assert.All(lines, line =>
        {
            using JsonDocument expected = JsonDocument.Parse(line);
            Assert.Equal(
                expected.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()),
                tokenizer.Encode(expected.RootElement.GetProperty("text").GetString()!).Ids
            );
        });
    }

    [Fact]
    public void AVocabularyThatIsTooSmallForTheBytesIsRefused() =>
        Assert.Contains(
            "at least 514 tokens",
            Assert.Throws<ArgumentException>(() => new TokenizerTrainer().Train(513)).Message,
            StringComparison.Ordinal
        );

    private static TokenizerFiles Train(int size, IEnumerable<string> captions)
    {
        TokenizerTrainer trainer = new();
        foreach (string caption in captions)
        {
            trainer.Add(caption);
        }

        return trainer.Train(size);
    }

    /// <summary>
    /// The definition: count all pairs, merge the most frequent one everywhere, begin again; of equals the one whose tokens are
    /// older.
    /// </summary>
    private static List<string> CountingAnew(string[] words, int count)
    {
        List<string> vocabulary = [.. TokenizerFiles.ByteTokens()],
            merges = [];
        List<string>[] cut =
        [
            .. words.Select(word =>
                word.Select((letter, place) => place == word.Length - 1 ? letter + "</w>" : letter.ToString()).ToList()
            ),
        ];
        while (vocabulary.Count < 512 + count)
        {
            var best = cut.SelectMany(tokens => tokens.Zip(tokens.Skip(1)))
                .CountBy(pair => pair)
                .Where(pair => pair.Value > 1)
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => vocabulary.IndexOf(pair.Key.First))
                .ThenBy(pair => vocabulary.IndexOf(pair.Key.Second))
                .Select(pair => pair.Key)
                .FirstOrDefault();
            if (best.First is null)
            {
                break;
            }

            merges.Add($"{best.First} {best.Second}");
            if (!vocabulary.Contains(best.First + best.Second))
            {
                vocabulary.Add(best.First + best.Second);
            }

            foreach (List<string> tokens in cut)
            {
                for (int place = 0; place + 1 < tokens.Count; place++)
                {
                    if (tokens[place] == best.First && tokens[place + 1] == best.Second)
                    {
                        tokens[place] += tokens[place + 1];
                        tokens.RemoveAt(place + 1);
                    }
                }
            }
        }

        return merges;
    }

    /// <summary>Tokens back to text, without white space.</summary>
    private static string Decode(IEnumerable<string> tokens)
    {
        string[] characters = [.. TokenizerFiles.ByteTokens().Take(256)];
        int[] order = TokenizerFiles.ByteOrder();
        return Encoding.UTF8.GetString([
            .. string.Concat(tokens)
                .Replace("</w>", "", StringComparison.Ordinal)
                .Select(letter => (byte)Array.IndexOf(order, Array.IndexOf(characters, letter.ToString()))),
        ]);
    }
}
