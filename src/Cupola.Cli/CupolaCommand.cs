using System.CommandLine;

namespace Cupola.Cli;

/// <summary><c>cupola</c>: all verbs.</summary>
internal static class CupolaCommand
{
    /// <summary>What its own help ends with.</summary>
    public const string Examples = """
        cupola classify holiday.jpg --labels "a dog,a cat,a beach" --model openai/clip-vit-base-patch32
        cupola classify photos/ --labels-file animals.txt --model openai/clip-vit-base-patch32 --format json
        cupola prompts write --labels-file animals.txt --endpoint http://localhost:11434/v1 --llm llama3.2 -o prompts.json
        cupola index ~/Pictures --model openai/clip-vit-base-patch32
        cupola search a dog on a beach --model openai/clip-vit-base-patch32
        cupola embed images photos/ -o photos.npy --model openai/clip-vit-base-patch32
        """;

    public static RootCommand Create()
    {
        RootCommand root = new("Recognises what is in images by comparing them with sentences (CLIP).")
        {
            AskCommand.Create(),
            ClassifyCommand.Create(),
            EmbedCommand.Create(),
            EvaluateCommand.Create(),
            ExplainCommand.Create(),
            IndexCommand.Create(),
            InspectCommand.Create(),
            ModelsCommand.Create(),
            PromptsCommand.Create(),
            SearchCommand.Create(),
            ServeCommand.Create(),
            TrainCommand.Create(),
            CommandRunner.Verbose,
        };
        CommandWithExamples.ShowExamples(root, Examples);
        return root;
    }
}
