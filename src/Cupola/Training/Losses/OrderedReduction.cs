namespace Cupola.Training.Losses;

/// <summary>
/// A parallel reduction whose results are added in a fixed order, whichever is ready first: floating-point sums depend on the
/// order of their terms, and a resumed run must give the same bits as an uninterrupted one.
/// </summary>
internal sealed class OrderedReduction
{
    private readonly object _lock = new();
    private readonly Dictionary<int, Action> _waiting = [];
    private readonly int _ahead;
    private int _started = -1;
    private int _added;
    private bool _failed;

    private OrderedReduction(int ahead) => _ahead = ahead;

    /// <summary>Runs pieces of work.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="threads">Pieces at once; as many again may wait for their turn to be added, and hold their memory.</param>
    /// <param name="work">
    /// Computes a piece, and returns a function that adds its result; it is called after all pieces before it, one at a time.
    /// </param>
    public static void Run(int count, int threads, Func<int, Action> work)
    {
        OrderedReduction order = new(2 * threads);
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => order.Work(count, work));
        }
        finally
        {
            // If a piece failed, the sums are useless; but results that wait to be added hold memory, and free it only when they
            // are added.
            foreach (Action add in order._waiting.Values)
            {
                add();
            }
        }
    }

    private void Work(int count, Func<int, Action> work)
    {
        while (Interlocked.Increment(ref _started) is int index && index < count && WaitForTurn(index))
        {
            try
            {
                Add(index, work(index));
            }
            catch
            {
                lock (_lock)
                {
                    _failed = true;
                    Monitor.PulseAll(_lock);
                }

                throw;
            }
        }
    }

    private bool WaitForTurn(int index)
    {
        lock (_lock)
        {
            while (!_failed && index >= _added + _ahead)
            {
                Monitor.Wait(_lock);
            }

            return !_failed;
        }
    }

    private void Add(int index, Action add)
    {
        lock (_lock)
        {
            _waiting.Add(index, add);
            while (_waiting.Remove(_added, out Action? ready))
            {
                ready();
                _added++;
            }

            Monitor.PulseAll(_lock);
        }
    }
}
