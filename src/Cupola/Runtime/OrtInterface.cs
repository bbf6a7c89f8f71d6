using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>
/// The few functions of ONNX Runtime's C interface (onnxruntime_c_api.h) that its C# package does not show: those by which a
/// program adds operators of its own. The interface is a
/// table of functions to which versions only ever add at the end, so a place in it stays.
/// </summary>
internal static unsafe partial class OrtInterface
{
    /// <summary>
    /// The version of the table that is asked for; of ONNX Runtime 1.16, the first whose operators may report an error.
    /// </summary>
    public const uint Version = 16;

    private static readonly nint* Functions = ReadFunctions();

    /// <summary>A domain of operators; it stays for as long as the process.</summary>
    public static nint CreateDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged<byte*, nint*, nint>)Functions[26])(name, &domain));
        return domain;
    }

    /// <summary>Adds an operator to a domain.</summary>
    public static void AddToDomain(nint domain, nint description) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Functions[27])(domain, description));

    /// <summary>Lets sessions with these settings use a domain's operators.</summary>
    public static void AddDomain(SafeHandle sessionOptions, nint domain)
    {
        bool isHeld = false;
        try
        {
            sessionOptions.DangerousAddRef(ref isHeld);
            Check(((delegate* unmanaged<nint, nint, nint>)Functions[28])(sessionOptions.DangerousGetHandle(), domain));
        }
        finally
        {
            if (isHeld)
            {
                sessionOptions.DangerousRelease();
            }
        }
    }

    /// <summary>What an operator reads in this run, lent.</summary>
    public static Tensor Input(nint context, int place, Graphs.ElementType type)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)Functions[90])(context, (nuint)place, &value));
        return View(value, type, Shape(value));
    }

    /// <summary>Where an operator writes in this run, lent; its elements are float32.</summary>
    public static Tensor Output(nint context, int place, long[] shape)
    {
        nint value;
        fixed (long* extents = shape)
        {
            Check(
                ((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Functions[91])(
                    context,
                    (nuint)place,
                    extents,
                    (nuint)shape.Length,
                    &value
                )
            );
        }

        return View(value, Graphs.ElementType.Float32, shape);
    }

    /// <summary>An error as ONNX Runtime takes it from an operator, with code 1 (ORT_FAIL).</summary>
    public static nint Failure(string sentence)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(sentence);
        try
        {
            return ((delegate* unmanaged<int, nint, nint>)Functions[0])(1, text);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static Tensor View(nint value, Graphs.ElementType type, long[] shape)
    {
        nint address;
        Check(((delegate* unmanaged<nint, nint*, nint>)Functions[51])(value, &address));
        return Tensor.Borrow(type, address, shape);
    }

    private static long[] Shape(nint value)
    {
        nint information;
        Check(((delegate* unmanaged<nint, nint*, nint>)Functions[65])(value, &information));
        try
        {
            nuint rank;
            Check(((delegate* unmanaged<nint, nuint*, nint>)Functions[61])(information, &rank));
            var shape = new long[rank];
            fixed (long* extents = shape)
            {
                Check(((delegate* unmanaged<nint, long*, nuint, nint>)Functions[62])(information, extents, rank));
            }

            return shape;
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)Functions[99])(information);
        }
    }

    private static void Check(nint status)
    {
        if (status != 0)
        {
            string sentence = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Functions[2])(status)) ?? "";
            ((delegate* unmanaged<nint, void>)Functions[93])(status);
            throw new InvalidOperationException(sentence);
        }
    }

    /// <summary>The table lies behind the first function of the library's entry.</summary>
    private static nint* ReadFunctions()
    {
        nint* entry = GetApiBase();
        nint* functions = ((delegate* unmanaged<uint, nint*>)entry[0])(Version);
        return functions is not null
            ? functions
            : throw new NotSupportedException($"This ONNX Runtime does not know version {Version} of its C interface.");
    }

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    private static partial nint* GetApiBase();
}
