using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cupola.Runtime;

/// <summary>A register of 512 bits.</summary>
internal readonly unsafe struct Register512(Vector512<float> numbers) : IRegister<Register512>
{
    private readonly Vector512<float> _numbers = numbers;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 Create(float number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 Load(float* numbers) => new(Vector512.Load(numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 MultiplyAdd(Register512 left, Register512 right, Register512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._numbers, right._numbers, addend._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers) => _numbers.Store(numbers);
}

/// <summary>A register of 256 bits.</summary>
internal readonly unsafe struct Register256(Vector256<float> numbers) : IRegister<Register256>
{
    private readonly Vector256<float> _numbers = numbers;

    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 Create(float number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 Load(float* numbers) => new(Vector256.Load(numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 MultiplyAdd(Register256 left, Register256 right, Register256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._numbers, right._numbers, addend._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers) => _numbers.Store(numbers);
}

/// <summary>A register of 128 bits.</summary>
internal readonly unsafe struct Register128(Vector128<float> numbers) : IRegister<Register128>
{
    private readonly Vector128<float> _numbers = numbers;

    public static int Count => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 Create(float number) => new(Vector128.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 Load(float* numbers) => new(Vector128.Load(numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 MultiplyAdd(Register128 left, Register128 right, Register128 addend) =>
        new(Vector128.FusedMultiplyAdd(left._numbers, right._numbers, addend._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers) => _numbers.Store(numbers);
}
