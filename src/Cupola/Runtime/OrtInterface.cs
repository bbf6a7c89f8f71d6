using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>
/// The few functions of ONNX Runtime's C interface (onnxruntime_c_api.h) that its C# package does not show: those by which a
/// program adds custom operators. The interface is a table of functions (<see cref="OrtFunction"/>).
/// </summary>
internal static unsafe partial class OrtInterface
{
    /// <summary>
    /// The version of the table that is asked for; of ONNX Runtime 1.16, the first whose operators may report an error.
    /// </summary>
    public const uint Version = 16;

    /// <summary>The major version whose table has the indices of <see cref="OrtFunction"/>.</summary>
    private const string MajorVersion = "1";

    /// <summary>The index of GetApi in <c>struct OrtApiBase</c>.</summary>
    private const int GetApi = 0;

    /// <summary>The index of GetVersionString there.</summary>
    private const int GetVersionString = 1;

    private static readonly nint* Functions = ReadFunctions();

    /// <summary>The version of the native library, as in "1.31.1".</summary>
    public static string LibraryVersion =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)GetApiBase()[GetVersionString])()) ?? "";

    /// <summary>A domain of operators; it stays for as long as the process.</summary>
    public static nint CreateDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged<byte*, nint*, nint>)Function(OrtFunction.CreateCustomOpDomain))(name, &domain));
        return domain;
    }

    /// <summary>Adds an operator to a domain.</summary>
    public static void AddToDomain(nint domain, nint description) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Function(OrtFunction.CustomOpDomainAdd))(domain, description));

    /// <summary>Lets sessions with these settings use a domain's operators.</summary>
    public static void AddDomain(SafeHandle sessionOptions, nint domain)
    {
        bool isHeld = false;
        try
        {
            sessionOptions.DangerousAddRef(ref isHeld);
            Check(
                ((delegate* unmanaged<nint, nint, nint>)Function(OrtFunction.AddCustomOpDomain))(
                    sessionOptions.DangerousGetHandle(),
                    domain
                )
            );
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
        Check(
            ((delegate* unmanaged<nint, nuint, nint*, nint>)Function(OrtFunction.KernelContextGetInput))(
                context,
                (nuint)place,
                &value
            )
        );
        return View(value, type, Shape(value));
    }

    /// <summary>Where an operator writes in this run, lent.</summary>
    public static Tensor Output(nint context, int place, Graphs.ElementType type, long[] shape)
    {
        nint value;
        fixed (long* extents = shape)
        {
            Check(
                ((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Function(OrtFunction.KernelContextGetOutput))(
                    context,
                    (nuint)place,
                    extents,
                    (nuint)shape.Length,
                    &value
                )
            );
        }

        return View(value, type, shape);
    }

    /// <summary>An error as ONNX Runtime takes it from an operator, with code 1 (ORT_FAIL).</summary>
    public static nint Failure(string sentence)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(sentence);
        try
        {
            return ((delegate* unmanaged<int, nint, nint>)Function(OrtFunction.CreateStatus))(1, text);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static Tensor View(nint value, Graphs.ElementType type, long[] shape)
    {
        nint address;
        Check(((delegate* unmanaged<nint, nint*, nint>)Function(OrtFunction.GetTensorMutableData))(value, &address));
        return Tensor.Borrow(type, address, shape);
    }

    private static long[] Shape(nint value)
    {
        nint information;
        Check(((delegate* unmanaged<nint, nint*, nint>)Function(OrtFunction.GetTensorTypeAndShape))(value, &information));
        try
        {
            nuint rank;
            Check(((delegate* unmanaged<nint, nuint*, nint>)Function(OrtFunction.GetDimensionsCount))(information, &rank));
            var shape = new long[rank];
            fixed (long* extents = shape)
            {
                Check(
                    ((delegate* unmanaged<nint, long*, nuint, nint>)Function(OrtFunction.GetDimensions))(
                        information,
                        extents,
                        rank
                    )
                );
            }

            return shape;
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)Function(OrtFunction.ReleaseTensorTypeAndShapeInfo))(information);
        }
    }

    private static void Check(nint status)
    {
        if (status != 0)
        {
            string sentence = Marshal.PtrToStringUTF8(
                ((delegate* unmanaged<nint, nint>)Function(OrtFunction.GetErrorMessage))(status)
            ) ?? "";
            ((delegate* unmanaged<nint, void>)Function(OrtFunction.ReleaseStatus))(status);
            throw new InvalidOperationException(sentence);
        }
    }

    private static nint Function(OrtFunction function) => Functions[(int)function];

    /// <summary>The table that OrtApiBase.GetApi returns for a version.</summary>
    private static nint* ReadFunctions()
    {
        if (!LibraryVersion.StartsWith($"{MajorVersion}.", StringComparison.Ordinal))
        {
            throw new NotSupportedException(
                $"The indices of ONNX Runtime's C interface are those of version {MajorVersion}, and this is {LibraryVersion}."
            );
        }

        nint* functions = ((delegate* unmanaged<uint, nint*>)GetApiBase()[GetApi])(Version);
        return functions is not null
            ? functions
            : throw new NotSupportedException(
                $"ONNX Runtime {LibraryVersion} does not know version {Version} of its C interface."
            );
    }

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    private static partial nint* GetApiBase();
}
