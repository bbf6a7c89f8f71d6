namespace Cupola.Runtime;

/// <summary>A register of float32 numbers, as wide as a processor has them. Each operation is rounded once.</summary>
/// <typeparam name="T">The type itself.</typeparam>
internal unsafe interface IRegister<T>
    where T : struct, IRegister<T>
{
    /// <summary>Numbers in it.</summary>
    static abstract int Count { get; }

    /// <summary>One number in all places.</summary>
    static abstract T Create(float number);

    static abstract T Load(float* numbers);

    /// <summary>left · right + addend, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T addend);

    void Store(float* numbers);
}
