namespace Cupola.Graphs;

/// <summary>The operators that a graph may use.</summary>
internal enum OperatorSet
{
    /// <summary>ONNX's own: every engine runs them, and they are exported.</summary>
    Standard,

    /// <summary>
    /// Also ONNX Runtime's fused operators, each used only because a measurement showed a gain (docs/benchmarks.md).
    /// </summary>
    Fused,

    /// <summary>
    /// The same with every non-linearity between two linear layers as one operator, so that it can be joined with the integer
    /// products around it.
    /// </summary>
    Quantizable,

    /// <summary>
    /// ONNX Runtime's own operators that have a derivative here, with factors and transposes folded into products, so that a
    /// training step makes few passes over memory.
    /// </summary>
    Trainable,
}
