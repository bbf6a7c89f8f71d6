using System.Numerics.Tensors;
using Cupola.Evaluation;

namespace Cupola.FewShot;

/// <summary>Draws examples from a pool of labeled images, so many of each label; draws of one number are nested.</summary>
/// <param name="pool">The images to draw from.</param>
/// <param name="classCount">How many labels there are.</param>
internal sealed class ExampleDraws(EmbeddedDataset pool, int classCount)
{
    /// <summary>Images whose embeddings are nearer than this are the same picture, saved again.</summary>
    private const double NearlySame = 0.995;

    /// <summary>The images of a draw: the first so many of each label in an order that the draw's number decides.</summary>
    /// <param name="draw">The draw, from 1 on.</param>
    /// <param name="shots">How many of each label; a label that has fewer gives all.</param>
    public int[] Draw(int draw, int shots)
    {
        Random random = new(draw);
        List<int> drawn = [];
        for (int label = 0; label < classCount; label++)
        {
            int[] ofLabel = [.. Enumerable.Range(0, pool.Truths.Count).Where(row => pool.Truths[row] == label)];
            random.Shuffle(ofLabel);
            drawn.AddRange(ofLabel.Take(shots));
        }

        return [.. drawn];
    }

    /// <summary>For each image that is answered for, the images of the pool that hold the same bytes.</summary>
    public IReadOnlyDictionary<int, int[]> SameBytes(EmbeddedDataset answered)
    {
        ILookup<string, int> ofPool = pool
            .Hashes.Index()
            .ToLookup(static image => image.Item, static image => image.Index, StringComparer.Ordinal);
        return answered
            .Hashes.Index()
            .Select(image => (image.Index, Same: ofPool[image.Item].ToArray()))
            .Where(static image => image.Same.Length > 0)
            .ToDictionary(static image => image.Index, static image => image.Same);
    }

    /// <summary>How many images that are answered for are nearly the same as one of the pool, by their embeddings.</summary>
    /// <param name="answered">The images.</param>
    /// <param name="except">Those that need not be counted.</param>
    public int CountNearlySame(EmbeddedDataset answered, IReadOnlySet<int> except)
    {
        int count = 0;
        Parallel.For(0, answered.Embeddings.Count, image =>
        {
            if (except.Contains(image))
            {
                return;
            }

            float[] cosines = new float[pool.Embeddings.Count];
            pool.Embeddings.Scores(answered.Embeddings[image], cosines);
            if (TensorPrimitives.Max<float>(cosines) >= NearlySame)
            {
                Interlocked.Increment(ref count);
            }
        });
        return count;
    }
}
