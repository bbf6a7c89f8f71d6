using System.Runtime.InteropServices;

namespace Cupola.Retrieval;

/// <summary>
/// How stores that give the nearest vectors of one vector answer a query of several terms: one vector gives candidates, of which
/// double precision ranks. Terms are standardised over a sample of the library.
/// </summary>
internal sealed class CandidateRanking
{
    /// <summary>Images that a term's mean, deviation and median are taken over.</summary>
    public const int SampleSize = 2000;

    /// <summary>Candidates for each image that is wanted: an index of vectors misses few of so many.</summary>
    private const int CandidatesEach = 4;

    private const int LeastCandidates = 200;

    private readonly IReadOnlyList<WeightedVector> _terms;
    private readonly TermScale[] _scales;

    /// <param name="terms">At least one.</param>
    /// <param name="sample">Vectors of some images, in float16.</param>
    public CandidateRanking(IReadOnlyList<WeightedVector> terms, IReadOnlyList<Half[]> sample)
    {
        _terms = terms;
        _scales = [.. terms.Select(term => TermScale.Of([.. sample.Select(row => (float)Dot(row, term))]))];
    }

    /// <summary>How many candidates it takes.</summary>
    /// <param name="top">How many images are wanted.</param>
    public static int Wanted(int top) => (int)Math.Min(int.MaxValue, Math.Max(LeastCandidates, (long)top * CandidatesEach));

    /// <summary>
    /// The unit vector whose cosines rank as the wanted terms' standardised sum does: that is linear in an image's vector. What
    /// unwanted terms take away is seen to among the candidates; where nothing is wanted, these are those that fit least.
    /// </summary>
    public float[] Direction()
    {
        bool isWanted = _terms.Any(static term => term.Weight > 0);
        var sum = new float[_terms[0].Vector.Length];
        foreach ((WeightedVector term, TermScale scale) in _terms.Zip(_scales).Where(pair => pair.First.Weight > 0 || !isWanted))
        {
            float factor = (float)(term.Weight / scale.Deviation);
            for (int index = 0; index < sum.Length; index++)
            {
                sum[index] += factor * term.Vector[index];
            }
        }

        return new EmbeddingMatrix(sum, 1, sum.Length).Normalize().Values.ToArray();
    }

    /// <summary>The best of the candidates.</summary>
    public RankedImage[] Rank(IEnumerable<(KnownFile File, Half[] Vector)> candidates, double? threshold, int top) =>
        [
            .. candidates
                .Select(candidate =>
                {
                    double[] cosines = [.. _terms.Select(term => Dot(candidate.Vector, term))];
                    double score = 0;
                    for (int term = 0; term < cosines.Length; term++)
                    {
                        score += _scales[term].Score(cosines[term], _terms[term].Weight);
                    }

                    return new RankedImage(candidate.File, score, cosines) { Scales = _scales };
                })
                .Where(image => threshold is not { } least || image.Score >= least)
                .OrderByDescending(static image => image.Score)
                .ThenBy(static image => image.File.Path, StringComparer.Ordinal)
                .Take(top),
        ];

    private static double Dot(Half[] row, WeightedVector term) =>
        ExactScan.ExactDot(MemoryMarshal.Cast<Half, ushort>(row.AsSpan()), term.Vector);
}
