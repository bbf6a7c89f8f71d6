namespace Cupola.Training.Losses;

/// <summary>
/// Work on several threads whose results are added up in one order, whichever is ready first: floating-point sums depend on the
/// order of their terms,
/// and a run that is resumed must give the bits of one that was not.
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

    /// <summary>Does so many pieces of work.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">Pieces at once; as many again may wait for their turn to be added, and hold their memory.</param>
    /// <param name="work">
    /// Does the piece at a place, and gives what adds its result; that is called when all before it were added, one at a time.
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
            // Where a piece failed, the sums are of no use any more; but what waits to be added holds memory, and lets go of it
            // when it is.
            foreach (Action add in order._waiting.Values)
            {
                add();
            }
        }
    }

    private void Work(int count, Func<int, Action> work)
    {
        while (Interlocked.Increment(ref _started) is int place && place < count && WaitForPlace(place))
        {
            try
            {
                Add(place, work(place));
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

    private bool WaitForPlace(int place)
    {
        lock (_lock)
        {
            while (!_failed && place >= _added + _ahead)
            {
                Monitor.Wait(_lock);
            }

            return !_failed;
        }
    }

    private void Add(int place, Action add)
    {
        lock (_lock)
        {
            _waiting.Add(place, add);
            while (_waiting.Remove(_added, out Action? ready))
            {
                ready();
                _added++;
            }

            Monitor.PulseAll(_lock);
        }
    }
}
