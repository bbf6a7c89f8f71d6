namespace Cupola.Server.Requests;

/// <summary>
/// The memory of all requests' bodies together: who finds none left is told to come again. Some of it is for small bodies alone,
/// so that a few large ones, which may come slowly, do not keep everybody else out.
/// </summary>
/// <param name="capacity">Bytes.</param>
/// <param name="reserve">Bytes of these that only small bodies take.</param>
internal sealed class BodyBudget(long capacity, long reserve)
{
    /// <summary>The bytes of a small body: texts, and what is looked for by words.</summary>
    public const int SmallBody = 16 << 10;

    private readonly long _reserve = reserve;
    private long _free = capacity;

    /// <summary>Opens an account for one request; disposing it gives everything back.</summary>
    public Account Open() => new(this);

    /// <summary>What one request holds.</summary>
    internal sealed class Account(BodyBudget budget) : IDisposable
    {
        private long _held;

        /// <summary>Takes more, if there is so much left.</summary>
        public bool TryTake(long bytes)
        {
            long least = _held + bytes <= SmallBody ? 0 : budget._reserve;
            long free = Volatile.Read(ref budget._free);
            while (free - bytes >= least)
            {
                long before = Interlocked.CompareExchange(ref budget._free, free - bytes, free);
                if (before == free)
                {
                    _held += bytes;
                    return true;
                }

                free = before;
            }

            return false;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget._free, _held);
            _held = 0;
        }
    }
}
