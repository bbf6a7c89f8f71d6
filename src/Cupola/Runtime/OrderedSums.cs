namespace Cupola.Runtime;

/// <summary>
/// Sums that several runs of a graph add their part to, where the sums stand: the first run writes, and each other one adds after
/// the one before it, whichever is ready first. So the sums have the same bits for any number of threads.
/// </summary>
/// <param name="sums">What runs add to; other outputs of theirs are written.</param>
internal sealed class OrderedSums(IEnumerable<Tensor> sums)
{
    [ThreadStatic]
    private static (OrderedSums Sums, int Turn)? _current;

    private readonly Dictionary<nint, Sum> _added = sums.ToDictionary(static sum => sum.Address, static _ => new Sum());

    /// <summary>Makes a run on this thread, which adds to the sums in its turn.</summary>
    /// <param name="turn">Its turn, from 0; runs of all turns before it must be under way or done, or the sums given up.</param>
    /// <param name="run">The run.</param>
    public void Run(int turn, Action run)
    {
        _current = (this, turn);
        try
        {
            run();
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Lets runs that wait for their turn fail, because a run before them did.</summary>
    public void GiveUp()
    {
        foreach (Sum sum in _added.Values)
        {
            sum.GiveUp();
        }
    }

    /// <summary>Writes or adds an operator's output, as the run on this thread says.</summary>
    /// <param name="address">Where the output stands.</param>
    /// <param name="write">Writes it, or adds to what stands there.</param>
    public static void Write(nint address, Action<bool> write)
    {
        if (_current is not { } current || !current.Sums._added.TryGetValue(address, out Sum? sum))
        {
            write(false);
            return;
        }

        sum.WaitFor(current.Turn);
        write(current.Turn > 0);
        sum.Pass();
    }

    /// <summary>One of the sums.</summary>
    private sealed class Sum
    {
        private readonly object _lock = new();
        private int _turn;

        public void WaitFor(int turn)
        {
            lock (_lock)
            {
                while (_turn != turn)
                {
                    if (_turn < 0)
                    {
                        throw new OperationCanceledException("A run before this one failed.");
                    }

                    Monitor.Wait(_lock);
                }
            }
        }

        public void Pass()
        {
            lock (_lock)
            {
                _turn = _turn < 0 ? _turn : _turn + 1;
                Monitor.PulseAll(_lock);
            }
        }

        public void GiveUp()
        {
            lock (_lock)
            {
                _turn = -1;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
