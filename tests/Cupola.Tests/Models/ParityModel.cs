using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models;

/// <summary>
/// A model of the golden numbers with what the reference implementation answered: those of the shared folder (parity/), and
/// smaller ones of the repository's own (Golden/parity).
/// </summary>
internal sealed class ParityModel : IDisposable
{
    private readonly TensorFile _forward;

    private ParityModel(ClipModel model, TensorFile forward)
    {
        Model = model;
        _forward = forward;
    }

    public ClipModel Model { get; }

    /// <summary>A model by name; one of the repository's own is called "own" and its name.</summary>
    public static ParityModel Open(string name, string layout) => OpenFile(name, Find(name, layout));

    /// <summary>The same model from a file or a folder of a test's own.</summary>
    public static ParityModel OpenFile(string name, string path) =>
        new(
            ClipModel.Load(path, new Engine(new() { Threads = 2 }), ImageForm.PixelValues),
            TensorFile.Open(Find(name, "forward.safetensors"))
        );

    /// <summary>Something of a model.</summary>
    public static string Find(string name, string part) =>
        name.Split(' ') is ["own", string own] ? SharedFolder.Own("parity", own, part) : SharedFolder.Need("parity", name, part);

    /// <summary>A golden tensor as float32.</summary>
    public float[] Expected(string name)
    {
        StoredTensor stored = _forward.Tensors[name];
        var values = new float[stored.ElementCount];
        stored.CopyTo(values);
        return values;
    }

    /// <summary>A golden tensor of bytes.</summary>
    public byte[] Bytes(string name) => _forward.Tensors[name].Bytes.ToArray();

    /// <summary>A list of names that the golden numbers have beside them.</summary>
    public string[] Names(string key) => JsonSerializer.Deserialize<string[]>(((SafetensorsFile)_forward).Metadata[key])!;

    /// <summary>The texts as token ids, padded as the reference was given them.</summary>
    public int[][] InputIds()
    {
        StoredTensor stored = _forward.Tensors["input_ids"];
        return [.. stored.ToArray<long>().Select(id => (int)id).Chunk((int)stored.Shape[1])];
    }

    /// <summary>Some of the images as normalized floats.</summary>
    public Tensor PixelValues(params ReadOnlySpan<int> images)
    {
        long[] shape = [.. _forward.Tensors["pixel_values"].Shape];
        float[] all = Expected("pixel_values");
        int size = all.Length / (int)shape[0];
        Tensor chosen = Tensor.Allocate(ElementType.Float32, [images.Length, .. shape.AsSpan(1)]);
        for (int index = 0; index < images.Length; index++)
        {
            all.AsSpan(images[index] * size, size).CopyTo(chosen.AsSpan<float>()[(index * size)..]);
        }

        return chosen;
    }

    public void Dispose()
    {
        Model.Dispose();
        _forward.Dispose();
    }
}
