using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static System.FormattableString;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Collectives;

/// <summary>The processes that mpirun or srun started, over MPI.</summary>
/// <remarks>
/// Ranks first meet, without haste, and then exchange: so a rank that waits for a slower one leaves it the cores, and an exchange
/// is not slowed down by naps. All is cut into pieces, because MPI counts in 32 bits, and because memory for them is bounded.
/// </remarks>
internal sealed unsafe class Mpi : ICollective
{
    /// <summary>
    /// How long a rank waits for the others: longer than a checkpoint takes to be written, short enough that nobody pays a night
    /// for machines that do nothing.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of all ranks together that one exchange takes.</summary>
    private const int PieceBytes = 16 << 20;

    /// <summary>How long a waiting rank watches without a nap: many meetings take less.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(2);

    private readonly MpiLibrary _mpi;
    private readonly int _parent = SystemLibrary.Parent;
    private long _waited;
    private long _exchanged;

    private Mpi(MpiLibrary mpi, Launcher launcher)
    {
        _mpi = mpi;
        int given = 0;
        // Calls come from one thread at a time, whichever (MPI_THREAD_SERIALIZED).
        const int Serialized = 2;
        Require(mpi.InitThread(0, 0, Serialized, &given), "MPI_Init_thread");
        int rank = 0,
            ranks = 0;
        Require(mpi.CommRank(mpi.World, &rank), "MPI_Comm_rank");
        Require(mpi.CommSize(mpi.World, &ranks), "MPI_Comm_size");
        (Rank, Ranks) = (rank, ranks);
        if (ranks != launcher.Ranks || given < Serialized)
        {
            _ = mpi.Finalize();
            throw new InvalidDataException(
                ranks != launcher.Ranks
                    ? Invariant(
                        $"The launcher started {launcher.Ranks} ranks ({launcher.Variables}), but {mpi.Name} knows of {ranks}: "
                    )
                        + $"{mpi.Version} is not that launcher's library; name the right one by the variable "
                        + $"{MpiLibrary.Variable}, or take the mpirun that belongs to it."
                    : $"{mpi.Name} ({mpi.Version}) may be called by one thread only; take one that was built for several."
            );
        }

        string cores = Environment.MachineName + Cores();
        RanksOnTheseCores = this.AllGather(cores).Count(other => other == cores);
    }

    public int Rank { get; }

    public int Ranks { get; }

    public int RanksOnTheseCores { get; }

    /// <summary>How long this rank waited for slower ones.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>How long exchanges took when all ranks were there.</summary>
    public TimeSpan Exchanged => Stopwatch.GetElapsedTime(0, _exchanged);

    /// <summary>Joins the other ranks.</summary>
    /// <param name="launcher">Who started this process.</param>
    /// <exception cref="PlatformNotSupportedException">There is no library that can be used.</exception>
    /// <exception cref="InvalidDataException">It is of another MPI than the launcher.</exception>
    public static Mpi Join(Launcher launcher) => new(MpiLibrary.Load(launcher), launcher);

    public void Meet() => Meet(limit: null);

    public void AllGather<T>(Span<T> all, IReadOnlyList<int> counts)
        where T : unmanaged
    {
        Meet(Limit);
        long start = Stopwatch.GetTimestamp();
        long[] places = [.. counts.Select((_, rank) => counts.Take(rank).Sum(static count => (long)count) * sizeof(T))];
        int piece = PieceBytes / Ranks;
        using Buffer buffer = new(PieceBytes + piece);
        byte* mine = buffer.Bytes + PieceBytes;
        int[] lengths = new int[Ranks];
        fixed (T* elements = all)
        {
            byte* bytes = (byte*)elements;
            for (long done = 0; done < (long)counts.Max() * sizeof(T); done += piece)
            {
                for (int rank = 0; rank < Ranks; rank++)
                {
                    lengths[rank] = (int)Math.Clamp(((long)counts[rank] * sizeof(T)) - done, 0, piece);
                }

                Copy(bytes + places[Rank] + done, mine, lengths[Rank]);
                byte* found = buffer.Bytes;
                Gather(mine, found, lengths);
                for (int rank = 0; rank < Ranks; rank++)
                {
                    Copy(found, bytes + places[rank] + done, lengths[rank]);
                    found += lengths[rank];
                }
            }
        }

        _exchanged += Stopwatch.GetTimestamp() - start;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Each rank adds a slice of all numbers, and then has the other slices from the others: what a rank sends does not grow with
    /// the number of ranks.
    /// </remarks>
    public void AllReduce(SumTree tree, IReadOnlyList<SumNode> nodes, IReadOnlyList<Tensor> sum)
    {
        Meet(Limit);
        long start = Stopwatch.GetTimestamp();
        (int Start, int End)[][] all =
        [
            .. Enumerable
                .Range(0, Ranks)
                .Select(rank => tree.ShareOf(rank, Ranks))
                .Select(share => tree.NodesOf(share.Start, share.End).ToArray()),
        ];
        FlatTensors[] given = [.. nodes.Select(static node => new FlatTensors(node.Numbers))];
        FlatTensors result = new(sum);
        int slices = Math.Max(all.Sum(static each => each.Length), Ranks * all.Max(static each => each.Length)),
            slice = PieceBytes / sizeof(float) / slices;
        using Buffer sent = new(PieceBytes),
            received = new(PieceBytes);
        int[] lengths = new int[Ranks];
        for (long done = 0; done < result.Count; done += (long)slice * Ranks)
        {
            float* next = (float*)sent.Bytes;
            for (int rank = 0; rank < Ranks; rank++)
            {
                long first = done + ((long)slice * rank);
                lengths[rank] = (int)Math.Clamp(result.Count - first, 0, slice);
                foreach (FlatTensors numbers in given)
                {
                    numbers.CopyTo(first, new(next, lengths[rank]));
                    next += lengths[rank];
                }
            }

            Exchange(
                sent.Bytes,
                [.. lengths.Select(length => length * nodes.Count * sizeof(float))],
                received.Bytes,
                [.. all.Select(each => each.Length * lengths[Rank] * sizeof(float))]
            );
            Gather(
                (byte*)Add(tree, all.SelectMany(static each => each), (float*)received.Bytes, lengths[Rank]),
                sent.Bytes,
                [.. lengths.Select(static length => length * sizeof(float))]
            );
            result.CopyFrom(done, new((float*)sent.Bytes, lengths.Sum()));
        }

        _exchanged += Stopwatch.GetTimestamp() - start;
    }

    public void Abort(int exitCode)
    {
        // Where the launcher has ended, nobody answers.
        if (SystemLibrary.Parent == _parent)
        {
            _ = _mpi.Abort(_mpi.World, exitCode);
        }

        SystemLibrary.Exit(exitCode);
    }

    public void Dispose()
    {
        Meet(Limit);
        _ = _mpi.Finalize();
    }

    /// <summary>Adds nodes that lie one behind another, each where its left half stands.</summary>
    /// <returns>Where the sum of all stands.</returns>
    private static float* Add(SumTree tree, IEnumerable<(int Start, int End)> ranges, float* numbers, int length)
    {
        List<Slice> nodes = [];
        foreach ((int start, int end) in ranges)
        {
            tree.Push(
                nodes,
                new(start, end, (nint)numbers),
                static node => (node.Start, node.End),
                (left, right) =>
                {
                    Span<float> sum = new((void*)left.Numbers, length);
                    TensorPrimitives.Add(sum, new ReadOnlySpan<float>((void*)right.Numbers, length), sum);
                    return new(left.Start, right.End, left.Numbers);
                }
            );
            numbers += length;
        }

        return (float*)nodes.Single().Numbers;
    }

    /// <summary>One exchange of what each rank has, so many bytes of each, one behind another.</summary>
    private void Gather(byte* mine, byte* all, int[] lengths)
    {
        nint request = 0;
        fixed (
            int* counts = lengths,
                places = Places(lengths)
        )
        {
            Require(
                _mpi.Iallgatherv(mine, lengths[Rank], _mpi.Byte, all, counts, places, _mpi.Byte, _mpi.World, &request),
                "MPI_Iallgatherv"
            );
            Complete(&request, Limit, naps: false);
        }
    }

    /// <summary>One exchange of what each rank has for each other one.</summary>
    private void Exchange(byte* mine, int[] toRanks, byte* all, int[] fromRanks)
    {
        nint request = 0;
        fixed (
            int* to = toRanks,
                toPlaces = Places(toRanks),
                from = fromRanks,
                fromPlaces = Places(fromRanks)
        )
        {
            Require(
                _mpi.Ialltoallv(mine, to, toPlaces, _mpi.Byte, all, from, fromPlaces, _mpi.Byte, _mpi.World, &request),
                "MPI_Ialltoallv"
            );
            Complete(&request, Limit, naps: false);
        }
    }

    private void Meet(TimeSpan? limit)
    {
        long start = Stopwatch.GetTimestamp();
        nint request = 0;
        Require(_mpi.Ibarrier(_mpi.World, &request), "MPI_Ibarrier");
        Complete(&request, limit, naps: true);
        _waited += Stopwatch.GetTimestamp() - start;
    }

    /// <summary>Waits for a request, which MPI gets on with only while it is asked.</summary>
    private void Complete(nint* request, TimeSpan? limit, bool naps)
    {
        long start = Stopwatch.GetTimestamp();
        for (SpinWait wait = new(); ; wait.SpinOnce(sleep1Threshold: -1))
        {
            int done = 0;
            Require(_mpi.Test(request, &done, _mpi.StatusIgnore), "MPI_Test");
            if (done != 0)
            {
                return;
            }

            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (SystemLibrary.Parent != _parent)
            {
                throw new IOException("The launcher of the ranks has ended, and so does this one; start the same command again.");
            }

            if (waited > limit)
            {
                throw new IOException(
                    Invariant($"Rank {Rank} of {Ranks} has waited for another one for {waited.TotalMinutes:0} minutes; ")
                        + "see whether all machines run and reach each other, and start the same command again."
                );
            }

            if (naps && waited > Watch)
            {
                Thread.Sleep(1);
            }
        }
    }

    private static int[] Places(int[] lengths)
    {
        int[] places = new int[lengths.Length];
        for (int index = 1; index < lengths.Length; index++)
        {
            places[index] = places[index - 1] + lengths[index - 1];
        }

        return places;
    }

    private static void Copy(byte* from, byte* to, int length) => new ReadOnlySpan<byte>(from, length).CopyTo(new(to, length));

    private void Require(int code, string function)
    {
        if (code != 0)
        {
            throw new IOException(
                $"{_mpi.Name} ({_mpi.Version}) failed in {function} with its code {code.ToString(CultureInfo.InvariantCulture)}."
            );
        }
    }

    /// <summary>Which cores this process may use, where the system says so.</summary>
    private static string Cores()
    {
        const string Status = "/proc/self/status";
        return File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(static line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal))
                ?? ""
            : "";
    }

    /// <summary>A slice of a node's numbers.</summary>
    private sealed record Slice(int Start, int End, nint Numbers);

    /// <summary>Memory that MPI reads and writes.</summary>
    private sealed class Buffer(int length) : IDisposable
    {
        public byte* Bytes { get; } = (byte*)NativeMemory.Alloc((nuint)length);

        public void Dispose() => NativeMemory.Free(Bytes);
    }
}
