namespace Cupola;

/// <summary>
/// Models that come with Cupola, each in a package of its own (<c>Cupola.Models.Flags</c>): folders beside the program, in the
/// layout that every other model has.
/// </summary>
public static class BuiltInModels
{
    /// <summary>
    /// The flags model: it knows colors, shapes and layouts of flags and signs, and has never read the name of a country
    /// (docs/flag-world.md).
    /// </summary>
    public const string Flags = "flags";

    /// <summary>The names of the models that are there.</summary>
    public static IReadOnlyList<string> Names => NamesIn(AppContext.BaseDirectory);

    /// <summary>Where a built-in model lies, or the path as it is: what is on disk under that name comes first.</summary>
    /// <param name="nameOrPath">A built-in model's name, or a folder or file.</param>
    /// <exception cref="FileNotFoundException">The model is not there; the message names the package that brings it.</exception>
    public static string Resolve(string nameOrPath) => Resolve(nameOrPath, AppContext.BaseDirectory);

    internal static string Resolve(string nameOrPath, string programFolder) =>
        nameOrPath != Flags || Path.Exists(nameOrPath) ? nameOrPath
        : NamesIn(programFolder).Contains(Flags) ? FolderOf(Flags, programFolder)
        : throw new FileNotFoundException(
            $"The model {Flags} is in a package of its own: add it by `dotnet add package Cupola.Models.Flags`."
        );

    private static string[] NamesIn(string programFolder) =>
        File.Exists(Path.Combine(FolderOf(Flags, programFolder), "model.safetensors")) ? [Flags] : [];

    private static string FolderOf(string name, string programFolder) => Path.Combine(programFolder, "models", name);
}
