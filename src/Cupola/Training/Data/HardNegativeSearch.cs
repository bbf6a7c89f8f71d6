namespace Cupola.Training.Data;

/// <summary>
/// Divides a sample of pairs into batches of groups of neighbors, with equal meanings spread evenly over the batches.
/// </summary>
internal sealed class HardNegativeSearch
{
    private readonly PairEmbeddings _embeddings;
    private readonly int[] _meanings;
    private readonly int[] _remaining;
    private readonly int[] _most;
    private readonly int[] _least;
    private readonly int[] _taken;
    private readonly bool[] _used;
    private readonly float[] _distances;
    private readonly int[] _nearest;
    private int _free;

    private HardNegativeSearch(IReadOnlyList<int> meanings, PairEmbeddings embeddings, int batches)
    {
        _embeddings = embeddings;
        Dictionary<int, int> numbers = [];
        _meanings =
        [
            .. meanings.Select(meaning => numbers.TryAdd(meaning, numbers.Count) ? numbers.Count - 1 : numbers[meaning]),
        ];
        _remaining = new int[numbers.Count];
        foreach (int meaning in _meanings)
        {
            _remaining[meaning]++;
        }

        _most = [.. _remaining.Select(count => (count + batches - 1) / batches)];
        _least = new int[numbers.Count];
        _taken = new int[numbers.Count];
        _used = new bool[_meanings.Length];
        _distances = new float[_meanings.Length];
        _nearest = new int[_meanings.Length];
    }

    /// <summary>The batches of a sample, the first ones the hardest.</summary>
    /// <param name="pairs">The sample, in random order; a multiple of the batch size.</param>
    /// <param name="meanings">The meaning of each pair.</param>
    /// <param name="embeddings">A row for each.</param>
    /// <param name="batchSize">Pairs per batch.</param>
    /// <param name="neighbors">Pairs per group.</param>
    public static IEnumerable<int[]> Batches(
        int[] pairs,
        IReadOnlyList<int> meanings,
        PairEmbeddings embeddings,
        int batchSize,
        int neighbors
    )
    {
        int batches = pairs.Length / batchSize;
        HardNegativeSearch sample = new(meanings, embeddings, batches);
        for (int remaining = batches; remaining > 0; remaining--)
        {
            yield return [.. sample.Batch(batchSize, remaining, neighbors).Select(index => pairs[index])];
        }
    }

    private List<int> Batch(int batchSize, int remaining, int neighbors)
    {
        // Some meanings have more pairs left than the later batches can hold; places in this batch are reserved for them.
        _free = batchSize;
        for (int meaning = 0; meaning < _least.Length; meaning++)
        {
            _least[meaning] = Math.Max(0, _remaining[meaning] - ((remaining - 1) * _most[meaning]));
            _free -= _least[meaning];
            _taken[meaning] = 0;
        }

        List<int> batch = [];
        while (batch.Count < batchSize)
        {
            int anchor = Enumerable.Range(0, _used.Length).First(MayTake);
            Take(anchor, batch);
            AddNeighbors(anchor, Math.Min(neighbors - 1, batchSize - batch.Count), batch);
        }

        return batch;
    }

    private void AddNeighbors(int anchor, int count, List<int> batch)
    {
        if (count == 0)
        {
            return;
        }

        ReadOnlySpan<float> image = _embeddings.Images[anchor],
            text = _embeddings.Texts[anchor];
        int candidates = 0;
        for (int index = 0; index < _used.Length; index++)
        {
            if (!_used[index])
            {
                _distances[candidates] = -_embeddings.Texts.Score(index, image) - _embeddings.Images.Score(index, text);
                _nearest[candidates++] = index;
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

    private bool MayTake(int index)
    {
        int meaning = _meanings[index];
        return !_used[index] && (_taken[meaning] < _least[meaning] || (_free > 0 && _taken[meaning] < _most[meaning]));
    }

    private void Take(int index, List<int> batch)
    {
        int meaning = _meanings[index];
        _free -= _taken[meaning] < _least[meaning] ? 0 : 1;
        _taken[meaning]++;
        _remaining[meaning]--;
        _used[index] = true;
        batch.Add(index);
    }
}
