namespace Cupola.Models;

/// <summary>How a map comes about.</summary>
internal enum MapKind
{
    /// <summary>What each place contributed to the cosine (arXiv 2310.05916).</summary>
    Exact,

    /// <summary>
    /// Each place compared by itself, behind a last block in which places see those with similar keys nearby, without residual
    /// connection and MLP (NACLIP, arXiv 2404.08181).
    /// </summary>
    Naclip,

    /// <summary>The same, every place seeing itself alone (MaskCLIP, arXiv 2112.01071).</summary>
    Value,
}
