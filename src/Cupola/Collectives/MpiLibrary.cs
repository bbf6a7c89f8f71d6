using System.Runtime.InteropServices;
using System.Text;
using static System.FormattableString;

namespace Cupola.Collectives;

/// <summary>
/// The functions of an MPI library that are called. There are two families, which differ in their handles: those of Open MPI are
/// addresses of symbols, those of MPICH, Intel MPI, MVAPICH and Cray numbers (mpi.h of each). A register holds either.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Names the library where it is none of the usual ones.</summary>
    public const string Variable = "CUPOLA_MPI";

    private const string OpenMpiWorld = "ompi_mpi_comm_world";

    private const int MostVersionBytes = 8192;

    /// <summary>Words by which MPICH and those that share its handles name themselves.</summary>
    private static readonly string[] MpichFamily = ["MPICH", "Intel", "MVAPICH", "CRAY"];

    private readonly nint _handle;

    private MpiLibrary(nint handle, string name)
    {
        _handle = handle;
        Name = name;
        if (!NativeLibrary.TryGetExport(handle, "MPI_Init_thread", out _))
        {
            throw new PlatformNotSupportedException($"{name} is no MPI library; name one by the variable {Variable}.");
        }

        string version = ReadVersion();
        Version = version.Split('\n', 2)[0].Replace('\t', ' ');
        if (NativeLibrary.TryGetExport(handle, OpenMpiWorld, out nint world))
        {
            (World, Byte, StatusIgnore) = (world, NativeLibrary.GetExport(handle, "ompi_mpi_byte"), 0);
            // Its handlers of faults would take the place of .NET's, by which a null reference becomes an exception.
            _ = SetEnvironment("OMPI_MCA_opal_signal", "", overwrite: 0);
        }
        else if (MpichFamily.Any(maker => version.Contains(maker, StringComparison.OrdinalIgnoreCase)))
        {
            (World, Byte, StatusIgnore) = (0x44000000, 0x4c00010d, 1);
        }
        else
        {
            throw new PlatformNotSupportedException(
                $"{name} ({Version}) is an MPI library of neither family that is known, Open MPI and MPICH with its relatives; "
                    + $"name one of those by the variable {Variable}, and start by its mpirun."
            );
        }

        InitThread = (delegate* unmanaged<nint, nint, int, int*, int>)Function("MPI_Init_thread");
        Finalize = (delegate* unmanaged<int>)Function("MPI_Finalize");
        CommRank = (delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_size");
        Abort = (delegate* unmanaged<nint, int, int>)Function("MPI_Abort");
        Ibarrier = (delegate* unmanaged<nint, nint*, int>)Function("MPI_Ibarrier");
        Iallgatherv = (delegate* unmanaged<byte*, int, nint, byte*, int*, int*, nint, nint, nint*, int>)Function(
            "MPI_Iallgatherv"
        );
        Ialltoallv = (delegate* unmanaged<byte*, int*, int*, nint, byte*, int*, int*, nint, nint, nint*, int>)Function(
            "MPI_Ialltoallv"
        );
        Test = (delegate* unmanaged<nint*, int*, nint, int>)Function("MPI_Test");
    }

    /// <summary>Where it was found.</summary>
    public string Name { get; }

    /// <summary>What it calls itself, in a line.</summary>
    public string Version { get; }

    /// <summary>The communicator of all ranks.</summary>
    public nint World { get; }

    /// <summary>The type of a byte.</summary>
    public nint Byte { get; }

    /// <summary>Stands for a status that nobody asks for.</summary>
    public nint StatusIgnore { get; }

    public delegate* unmanaged<nint, nint, int, int*, int> InitThread { get; }

    public delegate* unmanaged<int> Finalize { get; }

    public delegate* unmanaged<nint, int*, int> CommRank { get; }

    public delegate* unmanaged<nint, int*, int> CommSize { get; }

    public delegate* unmanaged<nint, int, int> Abort { get; }

    public delegate* unmanaged<nint, nint*, int> Ibarrier { get; }

    public delegate* unmanaged<byte*, int, nint, byte*, int*, int*, nint, nint, nint*, int> Iallgatherv { get; }

    public delegate* unmanaged<byte*, int*, int*, nint, byte*, int*, int*, nint, nint, nint*, int> Ialltoallv { get; }

    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    /// <summary>Loads the library that belongs to a launcher, or that which the environment names.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none, or it is of no known family.</exception>
    public static MpiLibrary Load(Launcher launcher)
    {
        string[] openMpi = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib"] : ["libmpi.so.40"],
            mpich = OperatingSystem.IsMacOS() ? ["libmpi.12.dylib"] : ["libmpich.so.12", "libmpi.so.12", "libmpi_cray.so.12"],
            any = OperatingSystem.IsMacOS() ? ["libmpi.dylib"] : ["libmpi.so"];
        string[] names = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? [named]
            : [.. launcher.IsOpenMpi ? openMpi : [.. mpich, .. any], .. launcher.IsOpenMpi ? any : openMpi];
        foreach (string name in names)
        {
            if (Open(name) is not 0 and var handle)
            {
                return new(handle, name);
            }
        }

        throw new PlatformNotSupportedException(
            Invariant($"This process is one of {launcher.Ranks} ranks ({launcher.Variables}), and no MPI library can be loaded ")
                + $"({string.Join(", ", names)}): install the one of your mpirun, such as Debian's libopenmpi3 or libmpich12, or "
                + $"name its file by the variable {Variable}."
        );
    }

    private nint Function(string name) =>
        NativeLibrary.TryGetExport(_handle, name, out nint address)
            ? address
            : throw new PlatformNotSupportedException(
                $"{Name} ({Version}) has no {name}, which MPI has since version 3; take a newer one."
            );

    private string ReadVersion()
    {
        var read = (delegate* unmanaged<byte*, int*, int>)Function("MPI_Get_library_version");
        byte* text = stackalloc byte[MostVersionBytes];
        int length = 0;
        _ = read(text, &length);
        return Encoding.UTF8.GetString(text, Math.Clamp(length, 0, MostVersionBytes)).Trim('\0').ReplaceLineEndings("\n").Trim();
    }

    /// <summary>
    /// Opens a library so that its symbols are there for others: Open MPI loads parts of itself later that look for them.
    /// </summary>
    /// <returns>0 where there is none.</returns>
    private static nint Open(string name)
    {
        const int Now = 2;
        int global = OperatingSystem.IsMacOS() ? 0x8 : 0x100;
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            return SystemLibrary.Find("dlopen") is not 0 and var open
                ? ((delegate* unmanaged<nint, int, nint>)open)(text, Now | global)
                : 0;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Sets a variable for native code, which does not see what .NET sets.</summary>
    private static int SetEnvironment(string name, string value, int overwrite)
    {
        nint nameText = Marshal.StringToCoTaskMemUTF8(name),
            valueText = Marshal.StringToCoTaskMemUTF8(value);
        try
        {
            return SystemLibrary.Find("setenv") is not 0 and var set
                ? ((delegate* unmanaged<nint, nint, int, int>)set)(nameText, valueText, overwrite)
                : -1;
        }
        finally
        {
            Marshal.FreeCoTaskMem(nameText);
            Marshal.FreeCoTaskMem(valueText);
        }
    }
}
