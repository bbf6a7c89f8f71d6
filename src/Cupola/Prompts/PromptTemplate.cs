namespace Cupola.Prompts;

/// <summary>A sentence with one hole, <c>{}</c>, for a class name: "a photo of a {}."</summary>
public sealed record PromptTemplate
{
    private const string Hole = "{}";

    /// <summary>A template from its text.</summary>
    /// <exception cref="ArgumentException">It does not have exactly one hole.</exception>
    public PromptTemplate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split(Hole).Length != 2)
        {
            throw new ArgumentException($"The template '{text}' needs exactly one {Hole} where the class name goes.");
        }

        Text = text;
    }

    /// <summary>The sentence with its hole.</summary>
    public string Text { get; }

    /// <summary>One sentence for everything.</summary>
    public static IReadOnlyList<PromptTemplate> Simple { get; } = [new("a photo of a {}.")];

    /// <summary>The seven that OpenAI found to do a little better than all eighty (Prompt_Engineering_for_ImageNet.ipynb).</summary>
    public static IReadOnlyList<PromptTemplate> ImageNet7 { get; } =
    [
        new("itap of a {}."), new("a bad photo of the {}."), new("a origami {}."), new("a photo of the large {}."),
        new("a {} in a video game."), new("art of the {}."), new("a photo of the small {}."),
    ];

    /// <summary>The prompt for a class.</summary>
    public string Format(string className) => Text.Replace(Hole, className, StringComparison.Ordinal);

    /// <summary>Templates by a name that is built in (<c>simple</c>, <c>imagenet-7</c>) or from a file: a JSON list, or one a line.</summary>
    /// <exception cref="FileNotFoundException">It is no name and no file.</exception>
    /// <exception cref="InvalidDataException">The file holds no templates.</exception>
    public static IReadOnlyList<PromptTemplate> Read(string nameOrPath)
    {
        switch (nameOrPath)
        {
            case "simple":
                return Simple;
            case "imagenet-7":
                return ImageNet7;
            default:
                try
                {
                    return [.. TextList.Read(nameOrPath, "templates (or one of the names simple and imagenet-7)").Select(static text => new PromptTemplate(text))];
                }
                catch (ArgumentException exception)
                {
                    throw new InvalidDataException($"{nameOrPath} cannot be used: {exception.Message}", exception);
                }
        }
    }
}
