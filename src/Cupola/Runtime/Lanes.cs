using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cupola.Runtime;

/// <summary>Sixteen numbers in a register of 512 bits.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Lanes512(Vector512<float> numbers) : ILanes<Lanes512>
{
    private readonly Vector512<float> _numbers = numbers;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Create(float number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* numbers) => new(Vector512.Load(numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(int* numbers) => new(Vector512.ConvertToSingle(Vector512.Load(numbers)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._numbers + right._numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._numbers - right._numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._numbers * right._numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left._numbers / right._numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._numbers, right._numbers, addend._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left._numbers, right._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._numbers, right._numbers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Scale(Lanes512 number, Lanes512 power) =>
        new((number._numbers.AsInt32() + (power._numbers.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers) => _numbers.Store(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreLowBytes(byte* bytes)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(_numbers.AsInt32()).Store(bytes);
        }
        else
        {
            Lanes256.Narrow(_numbers.GetLower(), _numbers.GetUpper()).Store(bytes);
        }
    }
}

/// <summary>Sixteen numbers in two registers of 256 bits.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Lanes256(Vector256<float> first, Vector256<float> second) : ILanes<Lanes256>
{
    private const int Half = 8;

    private readonly Vector256<float> _first = first;
    private readonly Vector256<float> _second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float number) => new(Vector256.Create(number), Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* numbers) => new(Vector256.Load(numbers), Vector256.Load(numbers + Half));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(int* numbers) =>
        new(Vector256.ConvertToSingle(Vector256.Load(numbers)), Vector256.ConvertToSingle(Vector256.Load(numbers + Half)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) =>
        new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) =>
        new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) =>
        new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) =>
        new(left._first / right._first, left._second / right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(
            Vector256.FusedMultiplyAdd(left._first, right._first, addend._first),
            Vector256.FusedMultiplyAdd(left._second, right._second, addend._second)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) =>
        new(Vector256.MinNative(left._first, right._first), Vector256.MinNative(left._second, right._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) =>
        new(Vector256.MaxNative(left._first, right._first), Vector256.MaxNative(left._second, right._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Scale(Lanes256 number, Lanes256 power) =>
        new(
            (number._first.AsInt32() + (power._first.AsInt32() << 23)).AsSingle(),
            (number._second.AsInt32() + (power._second.AsInt32() << 23)).AsSingle()
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers)
    {
        _first.Store(numbers);
        _second.Store(numbers + Half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreLowBytes(byte* bytes) => Narrow(_first, _second).Store(bytes);

    /// <summary>The lowest bytes of sixteen numbers' bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector256<float> first, Vector256<float> second)
    {
        Vector256<ushort> halves = Vector256.Narrow(first.AsUInt32(), second.AsUInt32());
        return Vector128.Narrow(halves.GetLower(), halves.GetUpper());
    }
}

/// <summary>Sixteen numbers in four registers of 128 bits, which every processor has.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Lanes128(
    Vector128<float> first,
    Vector128<float> second,
    Vector128<float> third,
    Vector128<float> fourth
) : ILanes<Lanes128>
{
    private readonly Vector128<float> _first = first;
    private readonly Vector128<float> _second = second;
    private readonly Vector128<float> _third = third;
    private readonly Vector128<float> _fourth = fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float number)
    {
        Vector128<float> all = Vector128.Create(number);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* numbers) =>
        new(Vector128.Load(numbers), Vector128.Load(numbers + 4), Vector128.Load(numbers + 8), Vector128.Load(numbers + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(int* numbers) =>
        new(
            Vector128.ConvertToSingle(Vector128.Load(numbers)),
            Vector128.ConvertToSingle(Vector128.Load(numbers + 4)),
            Vector128.ConvertToSingle(Vector128.Load(numbers + 8)),
            Vector128.ConvertToSingle(Vector128.Load(numbers + 12))
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) =>
        new(left._first + right._first, left._second + right._second, left._third + right._third, left._fourth + right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) =>
        new(left._first - right._first, left._second - right._second, left._third - right._third, left._fourth - right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) =>
        new(left._first * right._first, left._second * right._second, left._third * right._third, left._fourth * right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) =>
        new(left._first / right._first, left._second / right._second, left._third / right._third, left._fourth / right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) =>
        new(
            Vector128.FusedMultiplyAdd(left._first, right._first, addend._first),
            Vector128.FusedMultiplyAdd(left._second, right._second, addend._second),
            Vector128.FusedMultiplyAdd(left._third, right._third, addend._third),
            Vector128.FusedMultiplyAdd(left._fourth, right._fourth, addend._fourth)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) =>
        new(
            Vector128.MinNative(left._first, right._first),
            Vector128.MinNative(left._second, right._second),
            Vector128.MinNative(left._third, right._third),
            Vector128.MinNative(left._fourth, right._fourth)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) =>
        new(
            Vector128.MaxNative(left._first, right._first),
            Vector128.MaxNative(left._second, right._second),
            Vector128.MaxNative(left._third, right._third),
            Vector128.MaxNative(left._fourth, right._fourth)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Scale(Lanes128 number, Lanes128 power) =>
        new(
            (number._first.AsInt32() + (power._first.AsInt32() << 23)).AsSingle(),
            (number._second.AsInt32() + (power._second.AsInt32() << 23)).AsSingle(),
            (number._third.AsInt32() + (power._third.AsInt32() << 23)).AsSingle(),
            (number._fourth.AsInt32() + (power._fourth.AsInt32() << 23)).AsSingle()
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* numbers)
    {
        _first.Store(numbers);
        _second.Store(numbers + 4);
        _third.Store(numbers + 8);
        _fourth.Store(numbers + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreLowBytes(byte* bytes) =>
        Vector128
            .Narrow(
                Vector128.Narrow(_first.AsUInt32(), _second.AsUInt32()),
                Vector128.Narrow(_third.AsUInt32(), _fourth.AsUInt32())
            )
            .Store(bytes);
}
