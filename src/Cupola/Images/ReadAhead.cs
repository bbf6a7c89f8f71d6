namespace Cupola.Images;

/// <summary>Works ahead of whoever takes the results, in order and on bounded memory.</summary>
internal static class ReadAhead
{
    /// <summary>The results of work on each item, in the order of the items.</summary>
    /// <param name="items">Enumerated on the caller's thread, no further than needed.</param>
    /// <param name="work">Done on several threads at once. What it throws, the caller gets in the item's place.</param>
    /// <param name="threads">Items that are worked on at once.</param>
    /// <param name="ahead">Results that may be ready before they are asked for.</param>
    /// <param name="cancellation">Stops before the next item.</param>
    public static IEnumerable<TResult> Select<TItem, TResult>(IEnumerable<TItem> items, Func<TItem, TResult> work, int threads, int ahead, CancellationToken cancellation)
    {
        using SemaphoreSlim places = new(threads);
        TResult WorkInPlace(TItem item)
        {
            places.Wait(cancellation);
            try
            {
                return work(item);
            }
            finally
            {
                places.Release();
            }
        }

        Queue<Task<TResult>> underway = new();
        using IEnumerator<TItem> next = items.GetEnumerator();
        try
        {
            bool more = true;
            while (true)
            {
                while (more && underway.Count <= ahead && !cancellation.IsCancellationRequested)
                {
                    more = next.MoveNext();
                    if (more)
                    {
                        TItem item = next.Current;
                        underway.Enqueue(Task.Run(() => WorkInPlace(item), CancellationToken.None));
                    }
                }

                cancellation.ThrowIfCancellationRequested();
                if (underway.Count == 0)
                {
                    yield break;
                }

                yield return underway.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // Whoever stops early waits for what is underway, so that nothing outlives the call.
            Task.WhenAll(underway).ContinueWith(static _ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }
}
