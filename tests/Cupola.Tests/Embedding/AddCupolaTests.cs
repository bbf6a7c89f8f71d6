using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Cupola.Tests.Embedding;

public sealed class AddCupolaTests
{
    [Fact]
    public void AddsOneEmbedderAndItsTwoGenerators()
    {
        ServiceCollection services = [];

        Assert.Same(services, services.AddCupola("a folder"));

        Assert.Equal(
            [
                typeof(ClipEmbedder),
                typeof(IEmbeddingGenerator<string, Embedding<float>>),
                typeof(IEmbeddingGenerator<DataContent, Embedding<float>>),
            ],
            services.Select(service => service.ServiceType)
        );
        Assert.All(services, service => Assert.Equal(ServiceLifetime.Singleton, service.Lifetime));
    }
}
