namespace Cupola.Graphs;

internal sealed partial class Gradient
{
    private void AddWindows(Node node, Value upstream)
    {
        Value images = node.Inputs[0]!;
        if (node.Operator == "AveragePool")
        {
            Add(images, () => _graph.Unpool(upstream, images, ((long[])node.Attributes["kernel_shape"])[0]));
            return;
        }

        Value weight = node.Inputs[1]!;
        long stride = ((long[])node.Attributes["strides"])[0],
            padding = ((long[])node.Attributes["pads"])[0];
        Add(images, () => _graph.ConvolutionInputGradient(upstream, weight, images, stride, padding));
        Add(weight, () => _graph.ConvolutionWeightGradient(images, upstream, weight, stride, padding));
        if (node.Inputs.Length == 3)
        {
            Add(node.Inputs[2], () => _graph.Sum(upstream, 0, 2, 3));
        }
    }
}
