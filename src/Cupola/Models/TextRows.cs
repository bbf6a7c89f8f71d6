using System.Runtime.InteropServices;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>Texts as the tensors that a text tower's graph reads.</summary>
internal interface ITextInputs : IDisposable
{
    /// <summary>What the graph reads, in the order of its inputs.</summary>
    ReadOnlySpan<Tensor> Tensors { get; }

    /// <summary>The same by the names of the inputs.</summary>
    Dictionary<string, Tensor> ByName { get; }
}

/// <summary>Some texts of fixed length as one tensor, [texts, length].</summary>
internal sealed class TextRows : ITextInputs
{
    /// <summary>The name of the graph's input.</summary>
    public const string Ids = "ids";

    /// <summary>The symbol for the number of texts of a run.</summary>
    public const string Texts = "texts";

    private readonly Tensor[] _tensors;

    /// <summary>Puts texts together.</summary>
    /// <param name="sequences">All texts, padded.</param>
    /// <param name="chosen">Those of this run.</param>
    /// <param name="length">Tokens of each.</param>
    /// <exception cref="ArgumentException">One has another length.</exception>
    public TextRows(IReadOnlyList<int[]> sequences, IReadOnlyList<int> chosen, int length)
    {
        int[] ids = [.. chosen.SelectMany(index => sequences[index])];
        if (ids.Length != chosen.Count * length)
        {
            throw new ArgumentException("A text is not padded to the model's context length.", nameof(sequences));
        }

        _tensors = [Tensor.Of<int>(ElementType.Int32, ids, chosen.Count, length)];
    }

    public ReadOnlySpan<Tensor> Tensors => _tensors;

    public Dictionary<string, Tensor> ByName => new(StringComparer.Ordinal) { [Ids] = _tensors[0] };

    /// <summary>Adds the input to a graph.</summary>
    public static Value Describe(GraphBuilder graph, int length) => graph.Input(Ids, ElementType.Int32, [Texts, length]);

    /// <summary>For each sequence the first that is equal to it.</summary>
    public static int[] FirstOfEach(IReadOnlyList<int[]> sequences)
    {
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        var firsts = new int[sequences.Count];
        for (int index = 0; index < firsts.Length; index++)
        {
            string key = new(MemoryMarshal.Cast<int, char>(sequences[index]));
            firsts[index] = known.TryAdd(key, index) ? index : known[key];
        }

        return firsts;
    }

    public void Dispose() => _tensors[0].Dispose();
}
