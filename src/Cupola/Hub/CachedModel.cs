namespace Cupola.Hub;

/// <summary>A CLIP that lies in the cache.</summary>
/// <param name="Name">Its name on the hub, <c>owner/name</c>.</param>
/// <param name="Revision">The branch or tag it was fetched as, or its commit where none is known.</param>
/// <param name="Commit">The hash of its commit.</param>
/// <param name="Bytes">The bytes of its files.</param>
/// <param name="Folder">The folder that holds its files.</param>
internal sealed record CachedModel(string Name, string Revision, string Commit, long Bytes, string Folder);
