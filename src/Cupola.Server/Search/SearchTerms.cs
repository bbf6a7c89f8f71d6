using System.Globalization;
using Cupola.Retrieval;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Search;

/// <summary>Reads the terms of a request. Unlike on the command line, words are never a path nor an address.</summary>
internal static class SearchTerms
{
    private const double MostWeight = 1000;

    private static readonly string[] DateFormats = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    /// <summary>The terms of a request.</summary>
    /// <exception cref="RequestException">There are none, too many, or one makes no sense.</exception>
    public static IReadOnlyList<SearchTermRequest> Read(SearchRequest request, ServiceLimits limits, RequestImages images)
    {
        if (request.Query is not null == request.Terms is not null)
        {
            throw RequestException.Bad("Send either a 'query' or 'terms'.", "query");
        }

        IReadOnlyList<SearchTermRequest> terms = request.Terms ?? Parse(images.Check(request.Query, "query"));
        if (terms.Count == 0 || terms.Count > limits.Terms)
        {
            throw RequestException.Bad(Invariant($"A search has from 1 to {limits.Terms} terms."), "terms");
        }

        for (int index = 0; index < terms.Count; index++)
        {
            Check(terms[index], Invariant($"terms[{index}]"), images);
        }

        return terms;
    }

    /// <summary>A day, a month or a year, which means its beginning.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static DateTime? ReadDate(string? text, string parameter) =>
        string.IsNullOrEmpty(text) ? null
        : DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date) ? date
        : throw RequestException.Bad($"'{parameter}' is a year, a month or a day, as 2021, 2021-05 or 2021-05-03.", parameter);

    /// <summary>How a term is called in an answer.</summary>
    public static string Name(SearchTermRequest term) => term.Text ?? (term.Id is { } id ? Invariant($"#{id}") : "image");

    private static void Check(SearchTermRequest? term, string parameter, RequestImages images)
    {
        if (term is null || new object?[] { term.Text, term.Image, term.Id }.Count(static part => part is not null) != 1)
        {
            throw RequestException.Bad("A term has one of 'text', 'image' and 'id'.", parameter);
        }

        if (!double.IsFinite(term.Weight) || term.Weight == 0 || Math.Abs(term.Weight) > MostWeight)
        {
            throw RequestException.Bad(Invariant($"A weight is a number up to {MostWeight}, and not 0."), $"{parameter}.weight");
        }

        if (term.Text is not null)
        {
            images.Check(term.Text, $"{parameter}.text");
        }
    }

    private static SearchTermRequest[] Parse(string query)
    {
        SearchQuery parsed;
        try
        {
            parsed = SearchQuery.Parse(query.Split(' ', StringSplitOptions.RemoveEmptyEntries), mayNameImages: false);
        }
        catch (FormatException problem)
        {
            throw RequestException.Bad(problem.Message, "query");
        }

        return
        [
            .. parsed.Terms.Select(static term =>
                term.Kind == SearchTermKind.Number
                    ? new SearchTermRequest { Id = long.Parse(term.Text, CultureInfo.InvariantCulture), Weight = term.Weight }
                    : new SearchTermRequest { Text = term.Text, Weight = term.Weight }
            ),
        ];
    }
}
