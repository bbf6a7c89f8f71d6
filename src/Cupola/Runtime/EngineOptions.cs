namespace Cupola.Runtime;

/// <summary>On what, and on how many threads, networks run.</summary>
/// <param name="Device"><c>cpu</c>, or the execution provider of another ONNX Runtime package: <c>cuda</c>, <c>directml</c>, <c>coreml</c>.</param>
/// <param name="Threads">Threads in all; 0 stands for one a physical core.</param>
public sealed record EngineOptions(string Device = "cpu", int Threads = 0);
