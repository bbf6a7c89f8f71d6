namespace Cupola.Tests.Embedding.Shards;

/// <summary>A clock that a test sets: what takes a minute takes no time, and a slow machine changes nothing.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<HandTimer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            HandTimer timer = new(this, () => callback(state), _now + dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    /// <summary>Lets time pass; what is due in it is done before this returns.</summary>
    public void Advance(TimeSpan time)
    {
        TimeSpan until = _now + time;
        while (_timers.MinBy(static timer => timer.Due) is { } next && next.Due <= until)
        {
            _now = next.Due;
            next.Ring();
        }

        _now = until;
    }

    private sealed class HandTimer(HandClock clock, Action ring, TimeSpan due, TimeSpan period) : ITimer
    {
        public TimeSpan Due { get; private set; } = due;

        public void Ring()
        {
            Due += period;
            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
