using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Collectives;

/// <summary>Float32 tensors as one row of numbers, one tensor behind another.</summary>
internal sealed class FlatTensors
{
    private readonly IReadOnlyList<Tensor> _tensors;
    private readonly long[] _starts;

    public FlatTensors(IReadOnlyList<Tensor> tensors)
    {
        _tensors = tensors;
        _starts = new long[tensors.Count];
        foreach ((int index, Tensor tensor) in tensors.Index())
        {
            _starts[index] = Count;
            Count += tensor.ElementCount;
        }
    }

    /// <summary>How many numbers there are.</summary>
    public long Count { get; }

    /// <summary>Copies numbers from a place on.</summary>
    public void CopyTo(long start, Span<float> numbers) => Walk(start, numbers, fromTensors: true);

    /// <summary>Takes numbers from a place on.</summary>
    public void CopyFrom(long start, Span<float> numbers) => Walk(start, numbers, fromTensors: false);

    private void Walk(long start, Span<float> numbers, bool fromTensors)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        int found = Array.BinarySearch(_starts, start);
        for (int index = found >= 0 ? LastAt(found) : ~found - 1; !numbers.IsEmpty; index++)
        {
            Span<float> rest = _tensors[index].AsSpan<float>()[(int)(start - _starts[index])..];
            int count = Math.Min(rest.Length, numbers.Length);
            if (fromTensors)
            {
                rest[..count].CopyTo(numbers);
            }
            else
            {
                numbers[..count].CopyTo(rest);
            }

            start += count;
            numbers = numbers[count..];
        }
    }

    /// <summary>The last of the tensors that begin where one does: those before it are empty.</summary>
    private int LastAt(int index)
    {
        while (index + 1 < _starts.Length && _starts[index + 1] == _starts[index])
        {
            index++;
        }

        return index;
    }
}
