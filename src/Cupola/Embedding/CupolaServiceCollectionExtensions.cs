using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Cupola;

/// <summary>Cupola in a container of services.</summary>
public static class CupolaServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="ClipEmbedder"/>, which is loaded when it is first asked for and disposed with the container, also as
    /// <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/> of texts and of images.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="path">A model's folder or file, or the name of a built-in model.</param>
    /// <param name="options">Device and threads; the processor and all its cores where null.</param>
    public static IServiceCollection AddCupola(this IServiceCollection services, string path, EngineOptions? options = null) =>
        services
            .AddSingleton(_ => ClipEmbedder.Load(path, options))
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(static provider =>
                provider.GetRequiredService<ClipEmbedder>()
            )
            .AddSingleton<IEmbeddingGenerator<DataContent, Embedding<float>>>(static provider =>
                provider.GetRequiredService<ClipEmbedder>()
            );
}
