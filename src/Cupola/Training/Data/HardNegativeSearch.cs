using System.Numerics.Tensors;

namespace Cupola.Training.Data;

/// <summary>
/// Divides a sample of pairs into batches of groups of neighbors, with equal meanings spread evenly over the batches.
/// </summary>
internal sealed class HardNegativeSearch
{
    private readonly PairEmbeddings _embeddings;
    private readonly int[] _sayings;
    private readonly int[] _remaining;
    private readonly int[] _most;
    private readonly int[] _least;
    private readonly int[] _taken;
    private readonly bool[] _used;
    private readonly float[] _distances;
    private readonly int[] _nearest;
    private int _free;

    private HardNegativeSearch(IReadOnlyList<int> sayings, PairEmbeddings embeddings, int batches)
    {
        _embeddings = embeddings;
        Dictionary<int, int> numbers = [];
        _sayings = [.. sayings.Select(saying => numbers.TryAdd(saying, numbers.Count) ? numbers.Count - 1 : numbers[saying])];
        _remaining = new int[numbers.Count];
        foreach (int saying in _sayings)
        {
            _remaining[saying]++;
        }

        _most = [.. _remaining.Select(count => (count + batches - 1) / batches)];
        _least = new int[numbers.Count];
        _taken = new int[numbers.Count];
        _used = new bool[_sayings.Length];
        _distances = new float[_sayings.Length];
        _nearest = new int[_sayings.Length];
    }

    /// <summary>The batches of a sample, the first ones the hardest.</summary>
    /// <param name="pairs">The sample, in random order; a multiple of the batch size.</param>
    /// <param name="sayings">The meaning of each pair.</param>
    /// <param name="embeddings">A row for each.</param>
    /// <param name="batchSize">Pairs per batch.</param>
    /// <param name="neighbours">Pairs per group.</param>
    public static IEnumerable<int[]> Batches(
        int[] pairs,
        IReadOnlyList<int> sayings,
        PairEmbeddings embeddings,
        int batchSize,
        int neighbours
    )
    {
        int batches = pairs.Length / batchSize;
        HardNegativeSearch sample = new(sayings, embeddings, batches);
        for (int remaining = batches; remaining > 0; remaining--)
        {
            yield return [.. sample.Batch(batchSize, remaining, neighbours).Select(place => pairs[place])];
        }
    }

    private List<int> Batch(int batchSize, int remaining, int neighbours)
    {
        // Some meanings have more pairs left than the later batches can hold; places in this batch are reserved for them.
        _free = batchSize;
        for (int saying = 0; saying < _least.Length; saying++)
        {
            _least[saying] = Math.Max(0, _remaining[saying] - ((remaining - 1) * _most[saying]));
            _free -= _least[saying];
            _taken[saying] = 0;
        }

        List<int> batch = [];
        while (batch.Count < batchSize)
        {
            int anchor = Enumerable.Range(0, _used.Length).First(MayTake);
            Take(anchor, batch);
            AddNeighbours(anchor, Math.Min(neighbours - 1, batchSize - batch.Count), batch);
        }

        return batch;
    }

    private void AddNeighbours(int anchor, int count, List<int> batch)
    {
        if (count == 0)
        {
            return;
        }

        ReadOnlySpan<float> image = _embeddings.Images[anchor],
            text = _embeddings.Texts[anchor];
        int candidates = 0;
        for (int place = 0; place < _used.Length; place++)
        {
            if (!_used[place])
            {
                _distances[candidates] =
                    -TensorPrimitives.Dot(image, _embeddings.Texts[place])
                    - TensorPrimitives.Dot(text, _embeddings.Images[place]);
                _nearest[candidates++] = place;
            }
        }

        _distances.AsSpan(0, candidates).Sort(_nearest.AsSpan(0, candidates));
        for (int rank = 0; rank < candidates && count > 0; rank++)
        {
            if (MayTake(_nearest[rank]))
            {
                Take(_nearest[rank], batch);
                count--;
            }
        }
    }

    private bool MayTake(int place)
    {
        int saying = _sayings[place];
        return !_used[place] && (_taken[saying] < _least[saying] || (_free > 0 && _taken[saying] < _most[saying]));
    }

    private void Take(int place, List<int> batch)
    {
        int saying = _sayings[place];
        _free -= _taken[saying] < _least[saying] ? 0 : 1;
        _taken[saying]++;
        _remaining[saying]--;
        _used[place] = true;
        batch.Add(place);
    }
}
