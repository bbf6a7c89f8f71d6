using Cupola.Images;
using Cupola.Maps;

namespace Cupola.Benchmarks;

/// <summary>One sentence about one square image, and where it points.</summary>
/// <param name="Image">The image, all of which the model sees.</param>
/// <param name="Text">What is somewhere in it.</param>
/// <param name="Wrong">What is nowhere in it.</param>
internal sealed record PointingRound(RgbImage Image, string Text, string Wrong)
{
    private readonly bool[] _inside = [];
    private readonly bool[] _near = [];
    private readonly int _side;

    /// <summary>Where it is, [side, side], and how far from there a largest value may lie, as a share of the side.</summary>
    public PointingRound(RgbImage image, string text, string wrong, bool[] inside, double tolerance)
        : this(image, text, wrong)
    {
        _inside = inside;
        _side = (int)Math.Sqrt(inside.Length);
        _near = Widened(inside, _side, (int)Math.Round(tolerance * _side));
        Chance = _near.Count(static near => near) / (double)_near.Length;
    }

    /// <summary>How often a point by chance would count.</summary>
    public double Chance { get; }

    /// <summary>Whether the middle of the place with the largest value counts.</summary>
    public bool IsHit(HeatMap map) => _near[PixelOf(Array.IndexOf(map.Values, map.Values.Max()), map.Grid)];

    /// <summary>The share of a map's heat whose places have their middle inside.</summary>
    public double HeatInside(HeatMap map)
    {
        float[] shares = map.Shares();
        double all = shares.Sum();
        return all == 0 ? 0 : shares.Where((_, place) => _inside[PixelOf(place, map.Grid)]).Sum() / all;
    }

    private int PixelOf(int place, int grid)
    {
        (int row, int column) = Math.DivRem(place, grid);
        return ((int)((row + 0.5) * _side / grid) * _side) + (int)((column + 0.5) * _side / grid);
    }

    /// <summary>All pixels that have one inside within so many rows and columns.</summary>
    private static bool[] Widened(bool[] inside, int side, int by)
    {
        bool[] near = new bool[inside.Length];
        foreach (int pixel in Enumerable.Range(0, inside.Length).Where(pixel => inside[pixel]))
        {
            (int row, int column) = Math.DivRem(pixel, side);
            for (int y = Math.Max(0, row - by); y <= Math.Min(side - 1, row + by); y++)
            {
                for (int x = Math.Max(0, column - by); x <= Math.Min(side - 1, column + by); x++)
                {
                    near[(y * side) + x] = true;
                }
            }
        }

        return near;
    }
}
