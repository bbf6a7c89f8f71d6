using System.Globalization;

namespace Cupola.Images;

/// <summary>
/// The memory budget of image decoding, one per process: an image takes its share before it is decoded, waits in order of arrival
/// if too little is free, and is refused if it can never fit.
/// </summary>
/// <param name="capacity">Bytes that all images may take together.</param>
internal sealed class ImageMemory(long capacity)
{
    /// <summary>The environment variable that sets the budget.</summary>
    public const string Setting = "CUPOLA_IMAGE_MEMORY";

    /// <summary>Enough for an image with the maximum number of pixels, in nearly every format.</summary>
    private const long UsualCapacity = 2L << 30;

    /// <summary>The divisor of the machine's or container's memory that gives the budget on small machines.</summary>
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

    /// <summary>The number of images that wait for their share.</summary>
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

    /// <summary>The size given by a setting; without one, a quarter of the available memory, but at most 2 GiB.</summary>
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

    /// <summary>Takes a share, after a wait if necessary.</summary>
    /// <param name="bytes">The bytes that the image needs.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidDataException">It is more than the whole budget.</exception>
    public Share Take(long bytes, string name, CancellationToken cancellationToken)
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
                waiter.Granted.Wait(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    // The share may have been granted just as the wait was canceled.
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
    /// Grants shares in order of arrival; a small request does not overtake a large one, which might otherwise wait forever.
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

    /// <summary>A share of the budget, held until it is disposed. A thread that holds one must not wait for another.</summary>
    public sealed class Share(ImageMemory memory, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        /// <summary>Returns all but this number of bytes.</summary>
        public void Shrink(long bytes)
        {
            long before = Interlocked.Exchange(ref _bytes, bytes);
            memory.Return(before - bytes);
        }

        /// <summary>Returns the whole share.</summary>
        public void Dispose() => Shrink(0);
    }

    private sealed class Waiter(long bytes) : IDisposable
    {
        public long Bytes => bytes;

        public SemaphoreSlim Granted { get; } = new(0);

        public void Dispose() => Granted.Dispose();
    }
}
