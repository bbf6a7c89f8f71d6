using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>
/// Lends a session the memory of its model's external initializers. ONNX Runtime's C interface does this by
/// AddExternalInitializersFromFilesInMemory, which its .NET package does not show; AddInitializer, which it does show,
/// wants the numbers in the model's bytes as well.
/// </summary>
internal static unsafe partial class LentInitializers
{
    /// <summary>The first version of the interface that has the function; its table of functions only ever grows.</summary>
    private const uint InterfaceVersion = 18;

    /// <summary>Places in the table of functions (OrtApi in onnxruntime_c_api.h).</summary>
    private const int GetErrorMessage = 2;
    private const int ReleaseStatus = 93;
    private const int AddFilesInMemory = 279;

    /// <summary>Each parameter stands for an external file of its own name; the tensors must live as long as the session.</summary>
    public static void Add(SessionOptions options, IReadOnlyList<(string Name, Tensor Tensor)> parameters)
    {
        nint* functions = (nint*)OrtGetApiBase()->GetApi(InterfaceVersion);
        var names = new void*[parameters.Count];
        var buffers = new nint[parameters.Count];
        var lengths = new nuint[parameters.Count];
        try
        {
            for (int index = 0; index < parameters.Count; index++)
            {
                // File names are wide where the platform's are.
                names[index] = OperatingSystem.IsWindows()
                    ? Utf16StringMarshaller.ConvertToUnmanaged(parameters[index].Name)
                    : Utf8StringMarshaller.ConvertToUnmanaged(parameters[index].Name);
                buffers[index] = parameters[index].Tensor.Address;
                lengths[index] = (nuint)parameters[index].Tensor.ByteCount;
            }

            fixed (void** firstName = names)
            {
                fixed (nint* firstBuffer = buffers)
                {
                    fixed (nuint* firstLength = lengths)
                    {
                        var add = (delegate* unmanaged<nint, void**, nint*, nuint*, nuint, nint>)functions[AddFilesInMemory];
                        Check(functions, add(options.DangerousGetHandle(), firstName, firstBuffer, firstLength, (nuint)parameters.Count));
                    }
                }
            }
        }
        finally
        {
            foreach (void* name in names)
            {
                Marshal.FreeCoTaskMem((nint)name);
            }

            GC.KeepAlive(options);
        }
    }

    private static void Check(nint* functions, nint status)
    {
        if (status != 0)
        {
            string? message = Utf8StringMarshaller.ConvertToManaged(((delegate* unmanaged<nint, byte*>)functions[GetErrorMessage])(status));
            ((delegate* unmanaged<nint, void>)functions[ReleaseStatus])(status);
            throw new InvalidOperationException($"ONNX Runtime does not take the lent parameters: {message}");
        }
    }

    [LibraryImport("onnxruntime")]
    private static partial ApiBase* OrtGetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ApiBase
    {
        public readonly delegate* unmanaged<uint, void*> GetApi;
        private readonly nint _getVersion;
    }
}
