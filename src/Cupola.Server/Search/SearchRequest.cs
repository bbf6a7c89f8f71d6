namespace Cupola.Server.Search;

/// <summary>What is looked for: a query, or terms.</summary>
internal sealed record SearchRequest
{
    /// <summary>
    /// Words and <c>#number</c>s with + and − between, as on the command line; a path or an address in it is words.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>The terms, in place of a query.</summary>
    public IReadOnlyList<SearchTermRequest>? Terms { get; init; }

    /// <summary>How many results at most.</summary>
    public int Top { get; init; } = 50;

    /// <summary>How many results to pass over.</summary>
    public int Offset { get; init; }

    /// <summary>Only images below this folder, which must be one of the index's roots or below one.</summary>
    public string? In { get; init; }

    /// <summary>Only images taken then or later: 2021, 2021-05 or 2021-05-03.</summary>
    public string? After { get; init; }

    /// <summary>Only images taken before that.</summary>
    public string? Before { get; init; }

    /// <summary>Only images whose camera's name has this in it.</summary>
    public string? Camera { get; init; }

    /// <summary>Only images whose score is at least this.</summary>
    public double? Threshold { get; init; }
}

/// <summary>A term: words, an image, or an image of the index.</summary>
internal sealed record SearchTermRequest
{
    /// <summary>Words.</summary>
    public string? Text { get; init; }

    /// <summary>An image: a data address or base64.</summary>
    public string? Image { get; init; }

    /// <summary>The number of an image of the index.</summary>
    public long? Id { get; init; }

    /// <summary>How much it counts; below 0 for what is unwanted.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>What a search found.</summary>
/// <param name="Results">The images of this page: likely ones before others, each the best first.</param>
/// <param name="Total">How many images were ranked.</param>
/// <param name="Likely">How many of the best 2,000 are likely; of a store's best 200.</param>
/// <param name="NothingFits">Whether no image of the library is likely.</param>
internal sealed record SearchResponse(IReadOnlyList<SearchResult> Results, int Total, int Likely, bool NothingFits);

/// <summary>An image that was found.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Image">Its path.</param>
/// <param name="Score">The sum of its terms, each in standard deviations over the library.</param>
/// <param name="Cosine">Its cosine with the first term.</param>
/// <param name="Likely">Whether it fits better than words that fit anything do.</param>
/// <param name="Width">Pixels a row, as it is seen; null where its file is not there.</param>
/// <param name="Height">Rows.</param>
/// <param name="Date">When it was taken, as its EXIF says.</param>
/// <param name="Camera">What it was taken with.</param>
/// <param name="Terms">What each term says.</param>
internal sealed record SearchResult(
    long Id,
    string Image,
    double Score,
    double Cosine,
    bool Likely,
    int? Width,
    int? Height,
    string? Date,
    string? Camera,
    IReadOnlyList<TermScore> Terms
);

/// <summary>What a term says of an image.</summary>
/// <param name="Term">The words, '#number', or 'image'.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Cosine">Its cosine with the image.</param>
/// <param name="Standardised">The cosine in standard deviations over the library.</param>
internal sealed record TermScore(string Term, double Weight, double Cosine, double? Standardised);

/// <summary>What is in the index.</summary>
/// <param name="Images">How many images.</param>
/// <param name="Roots">The folders it covers.</param>
/// <param name="Cameras">The cameras' names.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Precision">What its networks calculate in.</param>
internal sealed record IndexResponse(
    int Images,
    IReadOnlyList<string> Roots,
    IReadOnlyList<string> Cameras,
    string Model,
    string Precision
);
