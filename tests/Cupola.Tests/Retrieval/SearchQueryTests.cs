using Cupola.Retrieval;

namespace Cupola.Tests.Retrieval;

/// <summary>Queries as people write them.</summary>
public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("a dog on a beach", "Words 1 a dog on a beach")]
    [InlineData("beach + sea - people", "Words 1 beach; Words 1 sea; Words -1 people")]
    [InlineData("beach + 2:red sail - 0.5:people", "Words 1 beach; Words 2 red sail; Words -0.5 people")]
    [InlineData("- people + beach", "Words -1 people; Words 1 beach")]
    [InlineData("#12 - #7", "Number 1 12; Number -1 7")]
    [InlineData("#red", "Words 1 #red")]
    [InlineData("12:30 at the station", "Words 12 30 at the station")]
    [InlineData("note: a sheep", "Words 1 note: a sheep")]
    [InlineData("no such file.jpg", "Words 1 no such file.jpg")]
    [InlineData("https://example.org/a.jpg + night", "Image 1 https://example.org/a.jpg; Words 1 night")]
    [InlineData("x-ray + t-shirt", "Words 1 x-ray; Words 1 t-shirt")]
    public void TermsHaveSignsWeightsAndKinds(string text, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                "; ",
                SearchQuery
                    .Parse(text)
                    .Terms.Select(static term => FormattableString.Invariant($"{term.Kind} {term.Weight} {term.Text}"))
            )
        );

    [Theory]
    [InlineData("", "nothing to look for")]
    [InlineData("beach +", "nothing to look for")]
    [InlineData("beach + + sea", "no term before the '+'")]
    [InlineData("- - sea", "no term before the '-'")]
    [InlineData("2:", "A weight has no term behind it")]
    public void AQueryWithoutATermIsASentence(string text, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<FormatException>(() => SearchQuery.Parse(text)).Message,
            StringComparison.Ordinal
        );

    /// <summary>A shell's variable that is not set is an argument of nothing.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("beach", "+", "")]
    public void AnArgumentOfNothingIsNoTerm(params string[] arguments) =>
        Assert.Contains(
            "nothing to look for",
            Assert.Throws<FormatException>(() => SearchQuery.Parse(arguments)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void AFileThatIsThereIsAnImage()
    {
        string path = TestFolder.NewFile("night.png");
        File.WriteAllBytes(path, [1]);

        Assert.Equal([new SearchTerm(SearchTermKind.Image, path, 1)], SearchQuery.Parse(path).Terms);
    }
}
