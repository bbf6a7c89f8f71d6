using Cupola.Retrieval;

namespace Cupola.Tests.Retrieval;

/// <summary>The scan over stored vectors against double precision.</summary>
public sealed class ExactScanTests
{
    [Theory]
    [InlineData(3000, 512)]
    [InlineData(1000, 768)]
    [InlineData(700, 33)]
    [InlineData(5, 1)]
    public void TheBestAreThoseOfDoublePrecisionInTheirOrder(int count, int dimension)
    {
        Random random = new(5);
        using VectorFile file = New(count, dimension, random);
        for (int query = 0; query < 20; query++)
        {
            float[] vector = Unit(dimension, random);
            file.Read(rows =>
            {
                (long Row, double Cosine)[] expected =
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(row => ((long)row, ExactScan.ExactDot(rows[row], vector)))
                        .OrderByDescending(static found => found.Item2)
                        .ThenBy(static found => found.Item1)
                        .Take(10),
                ];

                Assert.Equal(expected, ExactScan.Best(rows, vector, 10, counts: null, threads: 2));
                float[] scores = ExactScan.Scores(rows, vector, threads: 2);
                Assert.All(expected, found => Assert.Equal(found.Cosine, scores[found.Row], 2e-6));
            });
        }
    }

    [Fact]
    public void EqualRowsComeInTheirOrderAndRowsThatDoNotCountAreNotThere()
    {
        using VectorFile file = new(TestFolder.NewFile("v.f16"), 4);
        file.Append([.. Enumerable.Repeat(new[] { 0.5f, 0.5f, 0.5f, 0.5f }, 40)]);

        file.Read(rows =>
            Assert.Equal(
                [10L, 11, 12],
                ExactScan
                    .Best(rows, new[] { 1f, 0, 0, 0 }, 3, static row => row >= 10, threads: 2)
                    .Select(static found => found.Row)
            )
        );
    }

    [Fact]
    public void TooSmallNumbersAreNothingAndTheRestIsTheNearestFloat16()
    {
        using VectorFile file = new(TestFolder.NewFile("v.f16"), 4);
        file.Append([
            [1e-6f, -6.2e-5f, -0.25f, 1f / 3],
        ]);

        file.Read(static rows => Assert.Equal([0, (float)(Half)(-6.2e-5f), -0.25f, (float)(Half)(1f / 3)], rows.ToArray(0)));
    }

    [Fact]
    public void WhatAKilledUpdateLeftBehindTheLastRowIsNoRow()
    {
        string path = TestFolder.NewFile("v.f16");
        using VectorFile file = new(path, 4);
        file.Append([
            [1, 0, 0, 0],
            [0, 1, 0, 0],
        ]);
        using (FileStream cut = new(path, FileMode.Append))
        {
            cut.Write([1, 2, 3]);
        }

        Assert.Equal(2, file.Count);
        file.Truncate(1);
        Assert.Equal(
            1,
            file.Append([
                [0, 0, 1, 0],
            ])
        );
        file.Read(static rows => Assert.Equal([0, 0, 1, 0], rows.ToArray(1)));
    }

    private static VectorFile New(int count, int dimension, Random random)
    {
        VectorFile file = new(TestFolder.NewFile("vectors.f16"), dimension);
        file.Append([.. Enumerable.Range(0, count).Select(_ => Unit(dimension, random))]);
        return file;
    }

    private static float[] Unit(int dimension, Random random)
    {
        float[] numbers = [.. Enumerable.Range(0, dimension).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        return new EmbeddingMatrix(numbers, 1, dimension).Normalize().Values.ToArray();
    }
}
