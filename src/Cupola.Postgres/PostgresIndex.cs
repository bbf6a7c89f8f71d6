using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cupola.Postgres;

/// <summary>
/// An index of images in PostgreSQL with pgvector, which several machines update and search at once. They must see the images
/// under the same paths.
/// </summary>
public static class PostgresIndex
{
    /// <summary>Opens the index in a database; its tables are made if they are not there.</summary>
    /// <param name="address">
    /// <c>postgres://user@host:port/database?sslmode=require</c>. A password is better in the environment variable PGPASSWORD, or
    /// in a password file, than here; it is never told.
    /// </param>
    /// <param name="embedder">The model; each has vectors of its own in the same database. It stays the caller's.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says, as people see them.</param>
    /// <param name="logger">Told when a search does not use the index of vectors.</param>
    /// <exception cref="ArgumentException">The address is none of PostgreSQL's.</exception>
    /// <exception cref="IOException">The database cannot be reached or used; the message says what to do.</exception>
    public static ImageIndex Open(string address, ClipEmbedder embedder, bool orient = true, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(embedder);
        PostgresStore store = new(
            PostgresAddress.Parse(address),
            ImageIndex.Fingerprint(embedder, orient),
            embedder.Config.EmbeddingDimension,
            logger ?? NullLogger.Instance
        );
        return ImageIndex.Open(store, embedder, orient);
    }
}
