namespace Cupola.Graphs;

/// <summary>Which operators a graph may be made of.</summary>
internal enum OperatorSet
{
    /// <summary>ONNX's own: what any engine runs, what is exported.</summary>
    Standard,

    /// <summary>
    /// Also ONNX Runtime's fused operators, each used only because a measurement showed a gain (docs/benchmarks.md).
    /// </summary>
    Fused,

    /// <summary>
    /// Of ONNX Runtime's own operators those that have a derivative here, and factors and turns folded into products: a step of
    /// training goes over memory as seldom as it can.
    /// </summary>
    Trainable,
}
