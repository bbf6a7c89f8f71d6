namespace Cupola.Models;

/// <summary>Models that come with Cupola: folders beside its assembly, in the layout that every other model has.</summary>
public static class BuiltInModels
{
    /// <summary>The flags model: it knows colours, shapes and layouts of flags and signs, and has never read the name of a country (docs/flag-world.md).</summary>
    public const string Flags = "flags";

    /// <summary>The names of the models that are there.</summary>
    public static IReadOnlyList<string> Names => File.Exists(Path.Combine(FolderOf(Flags), "model.safetensors")) ? [Flags] : [];

    /// <summary>Where a built-in model lies, or the path as it is: what is on disk under that name comes first.</summary>
    /// <param name="nameOrPath">A built-in model's name, or a folder or file.</param>
    public static string Resolve(string nameOrPath) => !Path.Exists(nameOrPath) && Names.Contains(nameOrPath, StringComparer.Ordinal) ? FolderOf(nameOrPath) : nameOrPath;

    private static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "models", name);
}
