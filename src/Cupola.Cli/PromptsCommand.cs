namespace Cupola.Cli;

/// <summary><c>cupola prompts</c>: what is said about the classes.</summary>
internal static class PromptsCommand
{
    public static CommandWithExamples Create() =>
        new(
            "prompts",
            "Write, judge and explain what is said about labels.",
            """
            cupola prompts write --labels-file birds.txt --questions cupl --endpoint http://localhost:11434/v1 --llm llama3.2
             -o prompts.json
            cupola prompts audit prompts.json --fix -o fixed.json
            cupola prompts influence frog.jpg --prompts cupl.json --labels "tree frog,tailed frog"
             --model openai/clip-vit-base-patch32
            """
        )
        {
            PromptsWriteCommand.Create(),
            PromptsAuditCommand.Create(),
            PromptsInfluenceCommand.Create(),
        };
}
