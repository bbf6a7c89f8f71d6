namespace Cupola.Checkpoints;

/// <summary>
/// The memo of a pickle: values by number. Programs count up from 0; other numbers take more memory, and few are allowed.
/// </summary>
internal sealed class PickleMemo
{
    private const int MaximumScattered = 1_000_000;

    private readonly List<object?> _counted = [];
    private readonly Dictionary<long, object?> _scattered = [];

    public long Count => _counted.Count + _scattered.Count;

    /// <exception cref="InvalidDataException">No real program uses these numbers.</exception>
    public void Put(long number, object? value)
    {
        if (number == _counted.Count)
        {
            _counted.Add(value);
        }
        else if (number >= 0 && number < _counted.Count)
        {
            _counted[(int)number] = value;
        }
        else
        {
            _scattered[number] = _scattered.Count < MaximumScattered ? value : throw PickleBytes.Damaged();
        }
    }

    /// <exception cref="InvalidDataException">There is no value of that number.</exception>
    public object? Get(long number) =>
        number >= 0 && number < _counted.Count ? _counted[(int)number]
        : _scattered.TryGetValue(number, out object? value) ? value
        : throw PickleBytes.Damaged();
}
