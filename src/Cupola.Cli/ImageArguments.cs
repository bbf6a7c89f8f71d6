using System.CommandLine;
using Cupola.Images;

namespace Cupola.Cli;

/// <summary>The images that a command line names.</summary>
internal static class ImageArguments
{
    /// <summary>The argument that names them.</summary>
    public static Argument<string[]> Create(ArgumentArity arity) =>
        new("images") { Description = "Files, folders, http(s) addresses, or - for paths on standard input.", Arity = arity };

    /// <summary>The option that says how they are turned.</summary>
    public static Option<bool> CreateOrient() =>
        new("--orient") { Description = "Turn images as their EXIF orientation says (the reference does not)." };

    /// <summary>
    /// Runs work over the images, with progress where the answers go into a file or a pipe and a person looks on; answers on a
    /// terminal are progress enough.
    /// </summary>
    public static T Run<T>(string description, string[] arguments, Func<IEnumerable<string>, IProgress<int>?, T> work)
    {
        if (arguments.Contains("-") || !Console.IsOutputRedirected)
        {
            return work(Expand(arguments), null);
        }

        string[] images = [.. Expand(arguments)];
        return WorkProgress.Items(description, images.Length, progress => work(images, progress));
    }

    /// <summary>
    /// Each argument a file, an address, a folder of which all images below count in the order of their names, or <c>-</c> for
    /// paths on standard input.
    /// </summary>
    public static IEnumerable<string> Expand(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument == "-")
            {
                while (Console.In.ReadLine() is { } line)
                {
                    if (line.Trim().Length > 0)
                    {
                        yield return line.Trim();
                    }
                }
            }
            else if (Directory.Exists(argument))
            {
                foreach (string image in Below(argument))
                {
                    yield return image;
                }
            }
            else if (argument.StartsWith('-') && !File.Exists(argument))
            {
                throw new ArgumentException($"There is no option {argument}; --help lists them.");
            }
            else
            {
                yield return argument;
            }
        }
    }

    /// <summary>A folder without images stands for itself, as an input that fails.</summary>
    private static IReadOnlyList<string> Below(string folder)
    {
        IReadOnlyList<string> images = ImageFolder.Enumerate(folder);
        return images.Count > 0 ? images : [folder];
    }
}
