namespace Cupola;

/// <summary>
/// Where in an image its cosine with a text comes from (arXiv 2310.05916): the exact share of each place, and what belongs to no
/// place. Map and rest add up to the cosine.
/// </summary>
public sealed class ImageMap
{
    private readonly float[] _values;

    internal ImageMap(float[] values, int grid) => (_values, Rows, Columns) = (values, grid, grid);

    /// <summary>The cosine of image and text.</summary>
    public float Cosine { get; internal init; }

    /// <summary>Places below each other.</summary>
    public int Rows { get; }

    /// <summary>Places beside each other.</summary>
    public int Columns { get; }

    /// <summary>
    /// What each place of the model's view contributed in the last four layers of attention, from the upper left, row by row:
    /// [rows, columns]. It may be negative.
    /// </summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>
    /// What the class token contributed in the same layers; of a residual network, the mean over all places, which stands in its
    /// place.
    /// </summary>
    public float ClassToken { get; internal init; }

    /// <summary>What the bias of the attention in the same layers contributed.</summary>
    public float AttentionBias { get; internal init; }

    /// <summary>What the attention of earlier layers contributed.</summary>
    public float Earlier { get; internal init; }

    /// <summary>What the MLPs contributed: those of all layers, or of SigLIP the one of its pooling head.</summary>
    public float Mlp { get; internal init; }

    /// <summary>What the class token's state before the first layer contributed.</summary>
    public float Initial { get; internal init; }

    /// <summary>What the bias of the last norm contributed.</summary>
    public float NormBias { get; internal init; }

    /// <summary>The contribution of a place.</summary>
    /// <param name="row">From the top, from 0.</param>
    /// <param name="column">From the left, from 0.</param>
    public float this[int row, int column] => _values[(row * Columns) + column];

    /// <summary>
    /// The sum of the map, then the class token, the bias of attention, earlier layers, MLPs, the initial state and the norm's
    /// bias; together they are the cosine, but for rounding.
    /// </summary>
    internal IReadOnlyList<float> Terms
    {
        get
        {
            double places = 0;
            foreach (float value in _values)
            {
                places += value;
            }

            return [(float)places, ClassToken, AttentionBias, Earlier, Mlp, Initial, NormBias];
        }
    }
}
