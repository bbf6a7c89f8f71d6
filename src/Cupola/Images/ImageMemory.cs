using System.Globalization;

namespace Cupola.Images;

/// <summary>
/// The memory that images may take while they are decoded, one budget for the process: an image takes its share before it is
/// decoded, waits in order of arrival where there is too little left, and is refused where it could never have enough.
/// </summary>
/// <param name="capacity">Bytes that all images may take together.</param>
internal sealed class ImageMemory(long capacity)
{
    /// <summary>The environment variable that sets the budget.</summary>
    public const string Setting = "CUPOLA_IMAGE_MEMORY";

    /// <summary>Enough for an image of the most pixels that are decoded at all, in nearly every format.</summary>
    private const long UsualCapacity = 2L << 30;

    /// <summary>The part of the machine's memory, or of the container's, that images may take where it is small.</summary>
    private const int UsualPart = 4;

    private static readonly (string Name, long Bytes)[] Units =
    [
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("", 1),
    ];

    private static readonly Lazy<ImageMemory> Process = new(static () =>
        new(Capacity(Environment.GetEnvironmentVariable(Setting)))
    );

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly long _capacity = capacity;
    private long _free = capacity;

    /// <summary>The budget of this process.</summary>
    /// <exception cref="ArgumentException">The setting is not a size.</exception>
    public static ImageMemory Shared => Process.Value;

    /// <summary>Images that wait for their share.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The size that a setting names; without one a quarter of the memory there is, 2 GiB at most.</summary>
    /// <exception cref="ArgumentException">It is not a size.</exception>
    public static long Capacity(string? setting)
    {
        if (string.IsNullOrWhiteSpace(setting))
        {
            return Math.Min(UsualCapacity, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / UsualPart);
        }

        string size = setting.Trim();
        (string unit, long bytes) = Units.First(unit => size.EndsWith(unit.Name, StringComparison.OrdinalIgnoreCase));
        bool isNumber = long.TryParse(
            size[..^unit.Length].TrimEnd(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long number
        );
        return isNumber && number > 0 && number <= long.MaxValue / bytes
            ? number * bytes
            : throw new ArgumentException(
                $"{Setting} is '{setting}', which is not a size of memory; give for example 512MB or 2GB."
            );
    }

    /// <summary>Takes a share, and waits for it where need be.</summary>
    /// <param name="bytes">What the image takes.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">It is more than there is at all.</exception>
    public Share Take(long bytes, string name, CancellationToken cancellation)
    {
        if (bytes > _capacity)
        {
            throw new InvalidDataException(
                $"{name} would take {InWords(bytes)} of memory to decode, and images may take {InWords(_capacity)}; "
                    + $"make it smaller, or set {Setting} to more."
            );
        }

        Waiter waiter;
        lock (_gate)
        {
            if (_waiting.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return new(this, bytes);
            }

            waiter = new(bytes);
            _waiting.AddLast(waiter);
        }

        using (waiter)
        {
            try
            {
                waiter.Granted.Wait(cancellation);
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    // Granted in the very moment when nobody wants it any more.
                    _free += _waiting.Remove(waiter) ? 0 : bytes;
                    Grant();
                }

                throw;
            }
        }

        return new(this, bytes);
    }

    private static string InWords(long bytes) =>
        bytes >= 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _free += bytes;
            Grant();
        }
    }

    /// <summary>
    /// Serves who came first; who needs little does not overtake who needs much, because then that one might wait forever.
    /// </summary>
    private void Grant()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _free)
        {
            _waiting.RemoveFirst();
            _free -= first.Value.Bytes;
            first.Value.Granted.Release();
        }
    }

    /// <summary>What an image has of the budget until it gives it back. Whoever holds one must not wait for another.</summary>
    public sealed class Share(ImageMemory memory, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        /// <summary>Gives back all but so many bytes.</summary>
        public void Shrink(long bytes)
        {
            long before = Interlocked.Exchange(ref _bytes, bytes);
            memory.Return(before - bytes);
        }

        /// <summary>Gives everything back.</summary>
        public void Dispose() => Shrink(0);
    }

    private sealed class Waiter(long bytes) : IDisposable
    {
        public long Bytes => bytes;

        public SemaphoreSlim Granted { get; } = new(0);

        public void Dispose() => Granted.Dispose();
    }
}
