using System.Runtime.InteropServices;
using Cupola.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>Makes our own operators known to ONNX Runtime, which calls them like its own.</summary>
internal static unsafe class CustomOperatorDomain
{
    private static readonly Lazy<nint> Domain = new(Create);

    /// <summary>Lets sessions with these settings use them.</summary>
    public static void AddTo(SessionOptions options) => OrtInterface.AddDomain(options, Domain.Value);

    /// <summary>Descriptions stay for as long as the process: sessions keep pointers to them.</summary>
    private static nint Create()
    {
        nint domain = OrtInterface.CreateDomain((byte*)Marshal.StringToCoTaskMemUTF8(GraphBuilder.CustomDomain));
        foreach ((int place, CustomOperator described) in CustomOperator.All.Index())
        {
            Description* description = (Description*)NativeMemory.AllocZeroed((nuint)sizeof(Description));
            *description = new()
            {
                Version = OrtInterface.Version,
                GetName = (nint)(delegate* unmanaged<Description*, nint>)&GetName,
                GetExecutionProviderType = (nint)(delegate* unmanaged<Description*, nint>)&GetExecutionProviderType,
                GetInputType = (nint)(delegate* unmanaged<Description*, nuint, int>)&GetInputType,
                GetInputTypeCount = (nint)(delegate* unmanaged<Description*, nuint>)&GetInputCount,
                GetOutputType = (nint)(delegate* unmanaged<Description*, nuint, int>)&GetOutputType,
                GetOutputTypeCount = (nint)(delegate* unmanaged<Description*, nuint>)&GetOutputCount,
                KernelDestroy = (nint)(delegate* unmanaged<nint, void>)&DestroyKernel,
                GetInputCharacteristic = (nint)(delegate* unmanaged<Description*, nuint, int>)&GetZero,
                GetOutputCharacteristic = (nint)(delegate* unmanaged<Description*, nuint, int>)&GetZero,
                GetInputMemoryType = (nint)(delegate* unmanaged<Description*, nuint, int>)&GetZero,
                CreateKernelV2 = (nint)(delegate* unmanaged<Description*, nint, nint, nint*, nint>)&CreateKernel,
                KernelComputeV2 = (nint)(delegate* unmanaged<nint, nint, nint>)&Compute,
                Place = place,
                Name = Marshal.StringToCoTaskMemUTF8(described.Name),
            };
            OrtInterface.AddToDomain(domain, (nint)description);
        }

        return domain;
    }

    [UnmanagedCallersOnly]
    private static nint GetName(Description* description) => description->Name;

    /// <summary>None in particular: the processor.</summary>
    [UnmanagedCallersOnly]
    private static nint GetExecutionProviderType(Description* description) => 0;

    [UnmanagedCallersOnly]
    private static int GetInputType(Description* description, nuint place) =>
        (int)OnnxWriter.TypeNumber(CustomOperator.All[description->Place].InputType((int)place));

    [UnmanagedCallersOnly]
    private static int GetOutputType(Description* description, nuint place) =>
        (int)OnnxWriter.TypeNumber(CustomOperator.All[description->Place].OutputType((int)place));

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(Description* description) => (nuint)CustomOperator.All[description->Place].Inputs;

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(Description* description) =>
        (nuint)CustomOperator.All[description->Place].OutputsLike.Count;

    /// <summary>An input or output that is always there, in ordinary memory.</summary>
    [UnmanagedCallersOnly]
    private static int GetZero(Description* description, nuint place) => 0;

    /// <summary>An operator has no state, so its kernel is its description.</summary>
    [UnmanagedCallersOnly]
    private static nint CreateKernel(Description* description, nint functions, nint node, nint* kernel)
    {
        *kernel = (nint)description;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static void DestroyKernel(nint kernel) { }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            CustomOperator described = CustomOperator.All[((Description*)kernel)->Place];
            Tensor[] given =
            [
                .. Enumerable
                    .Range(0, described.Inputs)
                    .Select(place => OrtInterface.Input(context, place, described.InputType(place))),
            ];
            Tensor[] outputs =
            [
                .. Enumerable
                    .Range(0, described.OutputsLike.Count)
                    .Select(place =>
                        OrtInterface.Output(context, place, described.OutputType(place), described.OutputShape(place, given))
                    ),
            ];
            described.Compute(given, outputs);
            return 0;
        }
        catch (Exception exception)
        {
            return OrtInterface.Failure(exception.Message);
        }
    }

    /// <summary>What ONNX Runtime reads of an operator (OrtCustomOp), and behind it what is ours.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Description
    {
        public uint Version;
        public nint CreateKernelV1;
        public nint GetName;
        public nint GetExecutionProviderType;
        public nint GetInputType;
        public nint GetInputTypeCount;
        public nint GetOutputType;
        public nint GetOutputTypeCount;
        public nint KernelComputeV1;
        public nint KernelDestroy;
        public nint GetInputCharacteristic;
        public nint GetOutputCharacteristic;
        public nint GetInputMemoryType;
        public nint GetVariadicInputMinArity;
        public nint GetVariadicInputHomogeneity;
        public nint GetVariadicOutputMinArity;
        public nint GetVariadicOutputHomogeneity;
        public nint CreateKernelV2;
        public nint KernelComputeV2;
        public nint InferOutputShape;
        public nint GetStartVersion;
        public nint GetEndVersion;
        public nint GetMayInplace;
        public nint ReleaseMayInplace;
        public nint GetAliasMap;
        public nint ReleaseAliasMap;
        public int Place;
        public nint Name;
    }
}
