using System.Collections.Concurrent;

namespace Cupola.Images;

/// <summary>
/// Works ahead of whoever takes the results, in order and on bounded memory. The work is done on threads of its own: those of the
/// pool are left to whoever computes meanwhile, and
/// would have to get past all that waits here.
/// </summary>
internal static class Prefetch
{
    /// <summary>The results of work on each item, in the order of the items.</summary>
    /// <param name="items">Enumerated on the caller's thread, no further than needed.</param>
    /// <param name="work">Done on several threads at once. What it throws, the caller gets in the item's place.</param>
    /// <param name="threads">Items that are worked on at once.</param>
    /// <param name="ahead">Results that may be ready before they are asked for.</param>
    /// <param name="cancellation">Stops before the next item.</param>
    public static IEnumerable<TResult> Select<TItem, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, TResult> work,
        int threads,
        int ahead,
        CancellationToken cancellation
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
                while (more && underway.Count <= ahead && !cancellation.IsCancellationRequested)
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
            // Whoever stops early drops what is not begun and waits for what is, so that nothing outlives the call.
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
