using Cupola.Graphs;

namespace Cupola.Tests.Graphs;

public sealed class GraphBuilderTests
{
    [Fact]
    public void NamesBothOperandsOfAProductThatDoesNotFit()
    {
        GraphBuilder builder = new();
        Value rows = builder.Input("rows", ElementType.Float32, ["batch", 4]);
        Value weight = builder.Parameter("block.weight", 3, 5);

        string message = Assert.Throws<InvalidOperationException>(() => builder.Linear(rows, weight)).Message;

        Assert.Contains("'rows' [batch, 4]", message, StringComparison.Ordinal);
        Assert.Contains("'block.weight' [3, 5]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesAParameterThatIsAskedForInTwoShapes()
    {
        GraphBuilder builder = new();
        builder.Parameter("weight", 3, 5);

        Assert.Throws<InvalidOperationException>(() => builder.Parameter("weight", 5, 3));
    }

    [Fact]
    public void KnowsTheElementsOfAShapeWithSymbolsSoThatAReshapeIsChecked()
    {
        GraphBuilder builder = new();
        Value images = builder.Input("images", ElementType.Float32, ["batch", 50, 8]);

        Assert.Equal(
            ["50·batch", "8"],
            builder.Reshape(images, [(Dimension)"batch" * 50, 8]).Shape.Select(dimension => dimension.ToString())
        );
        Assert.Throws<InvalidOperationException>(() => builder.Reshape(images, [(Dimension)"batch" * 49, 8]));
    }

    [Fact]
    public void RefusesShapesThatCanNeitherBeMatchedNorRepeated()
    {
        GraphBuilder builder = new();
        Value left = builder.Input("left", ElementType.Float32, ["batch", 3]);

        Assert.Throws<InvalidOperationException>(() => builder.Add(left, builder.Parameter("right", 2)));
        Assert.Throws<InvalidOperationException>(() => builder.MatMul(left, builder.Parameter("square", 2, 2)));
        Assert.Throws<InvalidOperationException>(() => builder.Concat(left, builder.Parameter("row", 1, 3), axis: 1));
        Assert.Throws<InvalidOperationException>(() => builder.Transpose(left, 0, 0));
        Assert.Throws<InvalidOperationException>(() => builder.Slice(left, 1, 2, 4));
        Assert.Throws<InvalidOperationException>(() => builder.Gather(left, left));
    }
}
