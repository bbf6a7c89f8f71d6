using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Cupola.Runtime;

/// <summary>Products in one width of registers: tiles of six rows and two registers.</summary>
internal sealed unsafe partial class ProductKernel<T> : ProductKernel
    where T : struct, IRegister<T>
{
    private const nuint Alignment = 64;

    /// <summary>Lets a tile's six numbers be stored as eight.</summary>
    private const int Slack = 8;

    /// <summary>What six rows of the left matrix take when they are rearranged.</summary>
    private const int LeftTileLength = (InnerBlock * TileRows) + Slack;

    /// <summary>Panels that are rearranged together, so that neighboring numbers are read together.</summary>
    private const int PanelGroup = 8;

    [ThreadStatic]
    private static Scratch? _scratch;

    private static int TileColumns => 2 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(
        Matrix left,
        Matrix right,
        float* result,
        int rows,
        int inner,
        int columns,
        float factor,
        float* bias,
        bool adds
    )
    {
        if (inner == 0)
        {
            Begin(result, rows, columns, bias, adds);
            return;
        }

        // One block of rows uses a group of panels at once, while it lies in the second cache; several need all panels kept.
        int panelLength = InnerBlock * TileColumns,
            panels = (columns + TileColumns - 1) / TileColumns;
        bool keepsPanels = rows > RowBlock;
        Scratch scratch = _scratch ??= new();
        float* packedRight = scratch.Right(panelLength * (keepsPanels ? panels : Math.Min(panels, PanelGroup)));
        float* packedLeft = left.ColumnStep == 1 ? null : scratch.Left((RowBlock / TileRows * LeftTileLength) + Slack);
        for (int start = 0; start < inner; start += InnerBlock)
        {
            int length = Math.Min(InnerBlock, inner - start);
            for (int row = 0; row < rows; row += RowBlock)
            {
                int height = Math.Min(RowBlock, rows - row);
                if (packedLeft is not null)
                {
                    PackLeft(left.At(row, start), left.ColumnStep, height, length, packedLeft);
                }

                for (int first = 0; first < panels; first += PanelGroup)
                {
                    int count = Math.Min(PanelGroup, panels - first);
                    float* packed = packedRight + (keepsPanels ? first * (long)panelLength : 0);
                    if (row == 0)
                    {
                        PackRight(right, start, length, first * TileColumns, columns, count, packed);
                    }

                    for (int panel = first; panel < first + count; panel++, packed += panelLength)
                    {
                        int column = panel * TileColumns;
                        MultiplyPanel(
                            packedLeft is null
                                ? new(left.At(row, start), left.RowStep, 1, TileRows * left.RowStep)
                                : new(packedLeft, 1, TileRows, LeftTileLength),
                            packed,
                            length,
                            new(
                                result + ((long)row * columns) + column,
                                columns,
                                start == 0 && bias is not null ? bias + column : null,
                                factor,
                                adds || start > 0
                            ),
                            height,
                            Math.Min(TileColumns, columns - column)
                        );
                    }
                }
            }
        }
    }

    /// <summary>A block of rows times a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPanel(LeftTile left, float* panel, int length, Output output, int rows, int columns)
    {
        int whole = columns == TileColumns ? rows - (rows % TileRows) : 0,
            row = 0;
        for (; row < whole; row += TileRows)
        {
            Tile(left.Numbers, left.RowStep, left.InnerStep, panel, length, output.From(row));
            left = left.Next;
        }

        for (; row < rows; row += TileRows)
        {
            Edge(left, panel, length, output.From(row), Math.Min(TileRows, rows - row), columns);
            left = left.Next;
        }
    }

    /// <summary>A tile of the product: six rows of the left matrix times a panel of the right one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* left, nint rowStep, nint innerStep, float* panel, int length, Output output)
    {
        output.Fetch();
        T zero = T.Create(0);
        T a0 = zero,
            a1 = zero,
            b0 = zero,
            b1 = zero,
            c0 = zero,
            c1 = zero,
            d0 = zero,
            d1 = zero,
            e0 = zero,
            e1 = zero,
            f0 = zero,
            f1 = zero;
        float* a = left,
            b = a + rowStep,
            c = b + rowStep,
            d = c + rowStep,
            e = d + rowStep,
            f = e + rowStep;
        float* end = panel + (length * (long)TileColumns);
        for (nint place = 0; panel < end; place += innerStep, panel += TileColumns)
        {
            T first = T.Load(panel),
                second = T.Load(panel + T.Count);
            T number = T.Create(a[place]);
            a0 = T.MultiplyAdd(number, first, a0);
            a1 = T.MultiplyAdd(number, second, a1);
            number = T.Create(b[place]);
            b0 = T.MultiplyAdd(number, first, b0);
            b1 = T.MultiplyAdd(number, second, b1);
            number = T.Create(c[place]);
            c0 = T.MultiplyAdd(number, first, c0);
            c1 = T.MultiplyAdd(number, second, c1);
            number = T.Create(d[place]);
            d0 = T.MultiplyAdd(number, first, d0);
            d1 = T.MultiplyAdd(number, second, d1);
            number = T.Create(e[place]);
            e0 = T.MultiplyAdd(number, first, e0);
            e1 = T.MultiplyAdd(number, second, e1);
            number = T.Create(f[place]);
            f0 = T.MultiplyAdd(number, first, f0);
            f1 = T.MultiplyAdd(number, second, f1);
        }

        output.Write(0, a0, a1);
        output.Write(1, b0, b1);
        output.Write(2, c0, c1);
        output.Write(3, d0, d1);
        output.Write(4, e0, e1);
        output.Write(5, f0, f1);
    }

    /// <summary>A tile at the lower or right edge, by a whole one on the side.</summary>
    private static void Edge(LeftTile left, float* panel, int length, Output output, int rows, int columns)
    {
        float* whole = stackalloc float[TileRows * TileColumns];
        float* rowsOfTile = stackalloc float[InnerBlock * TileRows];
        float* bias = stackalloc float[TileColumns];
        for (int row = 0; row < TileRows; row++)
        {
            for (int place = 0; place < length; place++)
            {
                rowsOfTile[(place * TileRows) + row] =
                    row < rows ? left.Numbers[(row * left.RowStep) + (place * left.InnerStep)] : 0;
            }

            for (int column = 0; column < columns; column++)
            {
                whole[(row * TileColumns) + column] = row < rows ? output.Numbers[(row * output.Step) + column] : 0;
            }
        }

        for (int column = 0; column < columns && output.Bias is not null; column++)
        {
            bias[column] = output.Bias[column];
        }

        Tile(
            rowsOfTile,
            1,
            TileRows,
            panel,
            length,
            new(whole, TileColumns, output.Bias is null ? null : bias, output.Factor, output.Adds)
        );
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(whole + (row * TileColumns), columns).CopyTo(
                new(output.Numbers + (row * output.Step), columns)
            );
        }
    }

    /// <summary>What an empty sum gives.</summary>
    private static void Begin(float* result, int rows, int columns, float* bias, bool adds)
    {
        for (int row = 0; row < rows && !adds; row++)
        {
            Span<float> numbers = new(result + ((long)row * columns), columns);
            if (bias is null)
            {
                numbers.Clear();
            }
            else
            {
                new ReadOnlySpan<float>(bias, columns).CopyTo(numbers);
            }
        }
    }

    /// <summary>Six rows of the left matrix, as they are or rearranged, and how far the next six are.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct LeftTile(nint Address, nint RowStep, nint InnerStep, nint Step)
    {
        public LeftTile(float* numbers, nint rowStep, nint innerStep, nint step)
            : this((nint)numbers, rowStep, innerStep, step) { }

        public float* Numbers => (float*)Address;

        public LeftTile Next => this with { Address = Address + (Step * sizeof(float)) };
    }

    /// <summary>Where a tile goes.</summary>
    private readonly struct Output(float* numbers, nint step, float* bias, float factor, bool adds)
    {
        public readonly float* Numbers = numbers;
        public readonly nint Step = step;
        public readonly float* Bias = bias;
        public readonly float Factor = factor;
        public readonly bool Adds = adds;

        public Output From(int row) => new(Numbers + (row * Step), Step, Bias, Factor, Adds);

        /// <summary>Asks for the lines of a tile, so that they are there when its sums are.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Fetch()
        {
            if (Sse.IsSupported)
            {
                float* target = Numbers;
                for (int row = 0; row < TileRows; row++, target += Step)
                {
                    Sse.Prefetch0(target);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Write(int row, T first, T second)
        {
            float* target = Numbers + (row * Step);
            float* addends =
                Adds ? target
                : Bias is not null ? Bias
                : null;
            T scale = T.Create(Factor),
                zero = T.Create(0);
            T.MultiplyAdd(first, scale, addends is null ? zero : T.Load(addends)).Store(target);
            T.MultiplyAdd(second, scale, addends is null ? zero : T.Load(addends + T.Count)).Store(target + T.Count);
        }
    }

    /// <summary>A thread's memory for what is rearranged; it stays with the thread.</summary>
    private sealed class Scratch
    {
        private const int Padding = (int)Alignment / sizeof(float);

        private float[] _right = [];
        private float[] _left = [];

        public float* Right(int length) => Take(ref _right, length);

        public float* Left(int length) => Take(ref _left, length);

        private static float* Take(ref float[] held, int length)
        {
            if (held.Length < length + Padding)
            {
                held = GC.AllocateUninitializedArray<float>(length + Padding, pinned: true);
            }

            // Pinned arrays stay where they are; tiles read from whole registers.
            nuint address = (nuint)(void*)Unsafe.AsPointer(ref held[0]);
            return (float*)((address + Alignment - 1) / Alignment * Alignment);
        }
    }
}
