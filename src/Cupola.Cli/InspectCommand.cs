using System.CommandLine;

namespace Cupola.Cli;

/// <summary><c>cupola inspect</c>: what the model reads, what it sees, and what it is.</summary>
internal static class InspectCommand
{
    public static Command Create() =>
        new CommandWithExamples(
            "inspect",
            "Show what the model reads, what it sees, and what it is.",
            """
            cupola inspect tokens "a photo of a dog" --model openai/clip-vit-base-patch32
            cupola inspect pixels dog.jpg --size 224 -o seen.png
            cupola inspect model --model openai/clip-vit-base-patch32
            """
        )
        {
            InspectTokensCommand.Create(),
            InspectPixelsCommand.Create(),
            InspectModelCommand.Create(),
        };
}
