using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Cupola.Images;

namespace Cupola.Retrieval;

/// <summary>
/// Unit vectors of one model in one file, each a row of float16 numbers, to which rows are only ever appended. A search maps it
/// into memory; an update appends rows and makes them durable before anything refers to them.
/// </summary>
internal sealed class VectorFile : IDisposable
{
    /// <summary>
    /// What is smaller is stored as 0: a float16 below it has fewer bits, and would have to be widened by another rule.
    /// </summary>
    private const float SmallestNormal = 6.1035156e-5f;

    private readonly string _path;
    private readonly int _dimension;
    private readonly Lock _lock = new();
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private long _mapped;

    /// <param name="path">The file; it is made when the first rows are appended.</param>
    /// <param name="dimension">Numbers a vector.</param>
    public VectorFile(string path, int dimension) => (_path, _dimension) = (path, dimension);

    /// <summary>Rows in the file; what a killed update left half-written at its end is no row.</summary>
    public long Count => Length / RowBytes;

    private long Length => LinkedFile.Of(_path) is { Exists: true } file ? file.Length : 0;

    private int RowBytes => _dimension * sizeof(ushort);

    /// <summary>Removes what lies behind so many rows: rows that a killed update appended and nothing refers to.</summary>
    public void Truncate(long rows)
    {
        if (Length > rows * RowBytes)
        {
            Close();
            using FileStream file = new(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
            file.SetLength(rows * RowBytes);
        }
    }

    /// <summary>Appends vectors and waits until they are on disk.</summary>
    /// <returns>The row of the first.</returns>
    public long Append(IReadOnlyList<float[]> vectors)
    {
        using FileStream file = new(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        long first = file.Position / RowBytes;
        Write(file, vectors);
        file.Flush(flushToDisk: true);
        return first;
    }

    /// <summary>Writes vectors as rows of such a file.</summary>
    public static void Write(Stream stream, IReadOnlyList<float[]> vectors)
    {
        foreach (float[] vector in vectors)
        {
            var row = new Half[vector.Length];
            Narrow(vector, row);
            stream.Write(MemoryMarshal.AsBytes<Half>(row));
        }
    }

    /// <summary>Runs over the rows as they lie in memory, [count, dimension] float16 as bits.</summary>
    public unsafe void Read(Action<Rows> read)
    {
        long rows = Count;
        if (rows == 0)
        {
            read(new(null, 0, _dimension));
            return;
        }

        byte* start = null;
        MemoryMappedViewAccessor view;
        lock (_lock)
        {
            view = Map(rows);
            // What another thread maps from now on leaves this view where it is until it is given back.
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }

        try
        {
            read(new((ushort*)(start + view.PointerOffset), rows, _dimension));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>
    /// Maps the file anew when it is next read: another one may have its name by then. What is being read stays until that ends.
    /// </summary>
    public void Close()
    {
        lock (_lock)
        {
            Unmap();
        }
    }

    public void Dispose() => Close();

    private static void Narrow(ReadOnlySpan<float> vector, Span<Half> row)
    {
        for (int index = 0; index < row.Length; index++)
        {
            row[index] = Math.Abs(vector[index]) < SmallestNormal ? (Half)0 : (Half)vector[index];
        }
    }

    private MemoryMappedViewAccessor Map(long rows)
    {
        if (_mapped == rows)
        {
            return _view!;
        }

        Unmap();
        FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _map = MemoryMappedFile.CreateFromFile(
            file,
            mapName: null,
            capacity: 0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: false
        );
        _view = _map.CreateViewAccessor(0, rows * RowBytes, MemoryMappedFileAccess.Read);
        _mapped = rows;
        return _view;
    }

    private void Unmap()
    {
        _view?.Dispose();
        _map?.Dispose();
        (_view, _map, _mapped) = (null, null, 0);
    }

    /// <summary>Rows in memory.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly unsafe struct Rows(ushort* start, long count, int dimension)
    {
        /// <summary>The first number of the first row.</summary>
        public ushort* Start { get; } = start;

        /// <summary>How many rows.</summary>
        public long Count { get; } = count;

        /// <summary>Numbers a row.</summary>
        public int Dimension { get; } = dimension;

        /// <summary>The first so many of them.</summary>
        public Rows First(long rows) => new(Start, rows, Dimension);

        /// <summary>One row.</summary>
        public ReadOnlySpan<ushort> this[long row] => new(Start + (row * Dimension), Dimension);

        /// <summary>One row as float32.</summary>
        public float[] ToArray(long row) =>
            [.. MemoryMarshal.Cast<ushort, Half>(this[row]).ToArray().Select(static number => (float)number)];
    }
}
