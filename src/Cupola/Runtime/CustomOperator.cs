using Cupola.Graphs;

namespace Cupola.Runtime;

/// <summary>
/// An operator that ONNX Runtime does not have, or has in a form that is of no use here; worked out in one go over memory where
/// several of its own would go over it one after the other.
/// </summary>
/// <param name="name">As nodes of a graph name it.</param>
/// <param name="inputs">How many tensors it reads.</param>
/// <param name="outputsLike">
/// For each tensor that it gives, the input whose shape it has unless the operator says otherwise.
/// </param>
internal abstract class CustomOperator(string name, int inputs, params IReadOnlyList<int> outputsLike)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<CustomOperator> All { get; } =
    [
        new SwishGradient(),
        new LayerNormGradient(),
        new SumOfRows(),
        new ScatterAddRows(),
        new ProductOverRows(),
        new LinearGradient(),
        new QuantizeRows(),
        new NormQuantize(),
        new AddNormQuantize(),
        .. Enum.GetValues<RowActivation>().Select(static activation => new ActivateQuantize(activation)),
        .. Enumerable.Range(1, Dequantize.MostParts).Select(static parts => new Dequantize(parts)),
        new AddDequantized(),
        new JoinDigits(),
    ];

    public string Name { get; } = name;

    public int Inputs { get; } = inputs;

    public IReadOnlyList<int> OutputsLike { get; } = outputsLike;

    /// <summary>What the elements of an input are.</summary>
    public virtual ElementType InputType(int place) => ElementType.Float32;

    /// <summary>What the elements of an output are.</summary>
    public virtual ElementType OutputType(int place) => ElementType.Float32;

    /// <summary>The shape of an output in a run.</summary>
    public virtual long[] OutputShape(int place, IReadOnlyList<Tensor> given) => [.. given[OutputsLike[place]].Shape];

    /// <summary>Works out the outputs, on the thread that asks.</summary>
    public abstract void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs);
}
