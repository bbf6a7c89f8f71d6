using Cupola.Graphs;

namespace Cupola.Tests.Graphs;

public sealed class ElementTypeTests
{
    [Theory]
    [InlineData(nameof(ElementType.Float32), 4)]
    [InlineData(nameof(ElementType.BFloat16), 2)]
    [InlineData(nameof(ElementType.Int64), 8)]
    [InlineData(nameof(ElementType.Boolean), 1)]
    public void KnowsTheBytesOfAnElement(string type, int bytes) => Assert.Equal(bytes, Enum.Parse<ElementType>(type).ByteSize());
}
