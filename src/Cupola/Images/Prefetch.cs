using System.Collections.Concurrent;

namespace Cupola.Images;

/// <summary>
/// Works ahead of the consumer of the results, in order and in bounded memory. The work runs on separate threads: those of the
/// thread pool stay free for computations, which would otherwise queue behind the items that wait here.
/// </summary>
internal static class Prefetch
{
    /// <summary>Yields the results of work on each item, in the order of the items.</summary>
    /// <param name="items">Enumerated on the caller's thread, no further than needed.</param>
    /// <param name="work">
    /// Runs on several threads at once. Its exceptions are thrown to the caller when the item's turn comes.
    /// </param>
    /// <param name="threads">Items that are worked on at once.</param>
    /// <param name="ahead">Results that may be ready before they are requested.</param>
    /// <param name="cancellationToken">Stops before the next item.</param>
    public static IEnumerable<TResult> Select<TItem, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, TResult> work,
        int threads,
        int ahead,
        CancellationToken cancellationToken
    )
    {
        using BlockingCollection<Task<TResult>> waiting = [];
        List<Thread> workers = [];
        Queue<Task<TResult>> underway = new();
        using IEnumerator<TItem> next = items.GetEnumerator();
        try
        {
            bool more = true;
            while (true)
            {
                while (more && underway.Count <= ahead && !cancellationToken.IsCancellationRequested)
                {
                    more = next.MoveNext();
                    if (more)
                    {
                        TItem item = next.Current;
                        Task<TResult> task = new(() => work(item), CancellationToken.None);
                        underway.Enqueue(task);
                        waiting.Add(task, CancellationToken.None);
                        if (workers.Count < threads)
                        {
                            workers.Add(StartWorker(waiting));
                        }
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (underway.Count == 0)
                {
                    yield break;
                }

                yield return underway.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // A caller that stops early drops pending items and waits for running ones, so that nothing outlives the call.
            while (waiting.TryTake(out _)) { }

            waiting.CompleteAdding();
            workers.ForEach(static worker => worker.Join());
        }
    }

    private static Thread StartWorker<TResult>(BlockingCollection<Task<TResult>> waiting)
    {
        Thread worker = new(() =>
        {
            foreach (Task<TResult> task in waiting.GetConsumingEnumerable())
            {
                task.RunSynchronously(TaskScheduler.Default);
            }
        })
        {
            IsBackground = true,
            Name = "read ahead",
        };
        worker.Start();
        return worker;
    }
}
