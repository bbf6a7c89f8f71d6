namespace Cupola.Server.Requests;

/// <summary>The memory of all requests' bodies together: who finds none left is told to come again.</summary>
/// <param name="capacity">Bytes.</param>
internal sealed class BodyBudget(long capacity)
{
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
            if (Interlocked.Add(ref budget._free, -bytes) < 0)
            {
                Interlocked.Add(ref budget._free, bytes);
                return false;
            }

            _held += bytes;
            return true;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget._free, _held);
            _held = 0;
        }
    }
}
