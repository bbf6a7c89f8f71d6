using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Cupola.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>
/// Parameters as ONNX Runtime's own values over memory that is lent, for sessions whose model names them as external.
/// ONNX Runtime's C interface does this by AddExternalInitializers, which its .NET package does not show; AddInitializer,
/// which it does show, wants the numbers in the model's bytes as well. The tensors must outlive this, and this the sessions.
/// </summary>
internal sealed unsafe partial class LentInitializers : IDisposable
{
    /// <summary>The first version of the interface that has all of the functions; its table of functions only ever grows.</summary>
    private const uint InterfaceVersion = 12;

    /// <summary>OrtArenaAllocator and OrtMemTypeDefault, as for any memory of the processor's.</summary>
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private readonly string[] _names;
    private readonly nint[] _values;

    public LentInitializers(IReadOnlyList<(string Name, Tensor Tensor)> parameters)
    {
        _names = [.. parameters.Select(static parameter => parameter.Name)];
        _values = new nint[parameters.Count];
        nint memory;
        Check(((delegate* unmanaged<int, int, nint*, nint>)Functions[Function.CreateCpuMemoryInfo])(ArenaAllocator, DefaultMemory, &memory));
        try
        {
            for (int index = 0; index < _values.Length; index++)
            {
                _values[index] = CreateValue(parameters[index].Tensor, memory);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)Functions[Function.ReleaseMemoryInfo])(memory);
        }
    }

    /// <summary>The interface's table of functions (OrtApi in onnxruntime_c_api.h).</summary>
    private static nint* Functions { get; } = (nint*)OrtGetApiBase()->GetApi(InterfaceVersion);

    /// <summary>Makes a session's settings take these values in place of external files.</summary>
    public void AddTo(SessionOptions options)
    {
        var names = new byte*[_names.Length];
        try
        {
            for (int index = 0; index < names.Length; index++)
            {
                names[index] = Utf8StringMarshaller.ConvertToUnmanaged(_names[index]);
            }

            fixed (byte** firstName = names)
            {
                fixed (nint* firstValue = _values)
                {
                    var add = (delegate* unmanaged<nint, byte**, nint*, nuint, nint>)Functions[Function.AddExternalInitializers];
                    Check(add(options.DangerousGetHandle(), firstName, firstValue, (nuint)names.Length));
                }
            }
        }
        finally
        {
            foreach (byte* name in names)
            {
                Utf8StringMarshaller.Free(name);
            }

            GC.KeepAlive(options);
        }
    }

    public void Dispose()
    {
        var release = (delegate* unmanaged<nint, void>)Functions[Function.ReleaseValue];
        for (int index = 0; index < _values.Length; index++)
        {
            nint value = Interlocked.Exchange(ref _values[index], 0);
            if (value != 0)
            {
                release(value);
            }
        }
    }

    private static nint CreateValue(Tensor tensor, nint memory)
    {
        nint value;
        fixed (long* shape = (long[])[.. tensor.Shape])
        {
            var create = (delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)Functions[Function.CreateTensorWithData];
            Check(create(memory, tensor.Address, (nuint)tensor.ByteCount, shape, (nuint)tensor.Shape.Count, (int)OnnxWriter.TypeNumber(tensor.Type), &value));
        }

        return value;
    }

    private static void Check(nint status)
    {
        if (status != 0)
        {
            string? message = Utf8StringMarshaller.ConvertToManaged(((delegate* unmanaged<nint, byte*>)Functions[Function.GetErrorMessage])(status));
            ((delegate* unmanaged<nint, void>)Functions[Function.ReleaseStatus])(status);
            throw new InvalidOperationException($"ONNX Runtime does not take the lent parameters: {message}");
        }
    }

    [LibraryImport("onnxruntime")]
    private static partial ApiBase* OrtGetApiBase();

    /// <summary>Places in the table of functions.</summary>
    private static class Function
    {
        public const int GetErrorMessage = 2;
        public const int CreateTensorWithData = 49;
        public const int CreateCpuMemoryInfo = 69;
        public const int ReleaseStatus = 93;
        public const int ReleaseMemoryInfo = 94;
        public const int ReleaseValue = 96;
        public const int AddExternalInitializers = 210;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ApiBase
    {
        public readonly delegate* unmanaged<uint, void*> GetApi;
        private readonly nint _getVersion;
    }
}
