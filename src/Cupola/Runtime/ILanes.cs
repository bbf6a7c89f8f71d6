namespace Cupola.Runtime;

/// <summary>
/// Sixteen float32 numbers in whatever registers a processor has: one of 512 bits, two of 256 or four of 128. Each operation is
/// rounded once, as IEEE 754 says, so that the same sums in the same order have the same bits in all of them.
/// </summary>
/// <typeparam name="T">The type itself.</typeparam>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    /// <summary>One number in all places.</summary>
    static abstract T Create(float number);

    static abstract T Load(float* numbers);

    /// <summary>Whole numbers as float32, rounded to the nearest.</summary>
    static abstract T Load(int* numbers);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>left · right + addend, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T addend);

    /// <summary>The smaller of two numbers, place by place; of NaN and of zeros with signs, either.</summary>
    static abstract T Min(T left, T right);

    /// <summary>The larger of two numbers, place by place; of NaN and of zeros with signs, either.</summary>
    static abstract T Max(T left, T right);

    /// <summary>A number · 2ⁿ, where n stands in the lowest bits of another number.</summary>
    static abstract T Scale(T number, T power);

    void Store(float* numbers);

    /// <summary>The lowest byte of each number's bits.</summary>
    void StoreLowBytes(byte* bytes);
}
