using Cupola.Graphs;

namespace Cupola.Tests.Graphs;

public sealed class ElementTypeTests
{
    [Theory]
    [InlineData(ElementType.Float32, 4)]
    [InlineData(ElementType.BFloat16, 2)]
    [InlineData(ElementType.Int64, 8)]
    [InlineData(ElementType.Boolean, 1)]
    public void KnowsTheBytesOfAnElement(ElementType type, int bytes) => Assert.Equal(bytes, type.ByteSize());
}
