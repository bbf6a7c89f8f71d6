using Cupola.Files;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// A graph with its parameters as an ONNX file. An ONNX file holds 2 GiB at most; a larger model keeps its parameters in a file
/// beside it ("model.onnx_data"), as ONNX prescribes.
/// </summary>
internal static class OnnxFile
{
    /// <summary>Room is left for the graph itself.</summary>
    public const long MaximumParameterBytes = 2_000_000_000;

    /// <summary>
    /// Writes the file, and says whether its parameters lie in one beside it, as they do beyond <paramref name="inside"/> bytes.
    /// </summary>
    public static bool Write(
        string path,
        Graph graph,
        IReadOnlyDictionary<string, Tensor> parameters,
        long inside = MaximumParameterBytes
    )
    {
        long bytes = graph.Parameters.Sum(parameter => parameters[parameter.Name].ByteCount);
        if (bytes <= inside)
        {
            AtomicFile.Write(path, stream =>
                stream.Write(OnnxWriter.Write(graph, name => parameters[name].AsSpan<byte>().ToArray()))
            );
            return false;
        }

        string data = path + "_data";
        var offsets = new Dictionary<string, (long Offset, long Length)>();
        AtomicFile.Write(data, stream =>
        {
            foreach (Value parameter in graph.Parameters)
            {
                Tensor tensor = parameters[parameter.Name];
                offsets.Add(parameter.Name, (stream.Position, tensor.ByteCount));
                stream.Write(tensor.AsSpan<byte>());
            }
        });
        AtomicFile.Write(path, stream => stream.Write(OnnxWriter.Write(graph, Path.GetFileName(data), offsets)));
        return true;
    }
}
