using System.Text.Json;
using Cupola.Retrieval;

namespace Cupola.Tests.Server.Page;

/// <summary>The page reads a query as the command line does, and writes it so that it is read again.</summary>
[Collection(ThePage.Name)]
public sealed class PageQueryTests(PageService service)
{
    private static readonly string[] Queries =
    [
        "beach",
        "beach + sunset - people",
        "  beach   +  2:red sail - .5:people ",
        "- people",
        "+ beach",
        "#12 + at night - 0.25:#7",
        "3:4 + 1:3:4",
        "a-b + c+d",
        "12:30 o'clock",
        "#no number",
        "https://example.invalid/a.jpg + red",
        "",
        "   ",
        "beach +",
        "beach + - people",
        "- - people",
        "+ + people",
        "2:",
    ];

    [Fact]
    public async Task QueriesAreReadAsOnTheCommandLineAndSurviveTheAddress()
    {
        await using PageVisit visit = await service.VisitAsync();

        foreach (string query in Queries)
        {
            JsonElement read = (
                await visit.Page.EvaluateAsync<JsonElement?>(
                    """
                    async query => {
                      const { parse, format } = await import("/page/query.js");
                      try {
                        const terms = parse(query);
                        return { terms, again: parse(format(terms)) };
                      } catch (problem) {
                        return { problem: problem.message };
                      }
                    }
                    """,
                    query
                )
            )!.Value;

            if (Parse(query) is not { } terms)
            {
                Assert.True(read.TryGetProperty("problem", out _) || read.GetProperty("terms").GetArrayLength() == 0, query);
                continue;
            }

            Assert.True(read.TryGetProperty("terms", out JsonElement read1), query);
            Assert.Equal(terms, read1.EnumerateArray().Select(Describe));
            Assert.Equal(terms, read.GetProperty("again").EnumerateArray().Select(Describe));
        }
    }

    private static string[]? Parse(string query)
    {
        try
        {
            return [.. SearchQuery.Parse(query).Terms.Select(static term => Describe(term.Kind, term.Text, term.Weight))];
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Describe(JsonElement term) =>
        Describe(
            term.GetProperty("kind").GetString() switch
            {
                "number" => SearchTermKind.Number,
                "address" => SearchTermKind.Image,
                _ => SearchTermKind.Words,
            },
            term.GetProperty("text").GetString()!,
            term.GetProperty("weight").GetDouble()
        );

    private static string Describe(SearchTermKind kind, string text, double weight) =>
        FormattableString.Invariant($"{kind} {weight} {text}");
}
