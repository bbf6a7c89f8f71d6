namespace Cupola.Cli;

/// <summary><c>cupola prompts</c>: what is said about the classes.</summary>
internal static class PromptsCommand
{
    public static ExampledCommand Create() => new("prompts", "Judge and explain what is said about labels.",
        """
        cupola prompts influence frog.jpg --prompts cupl.json --labels "tree frog,tailed frog" --model openai/clip-vit-base-patch32
        """)
    {
        PromptsInfluenceCommand.Create(),
    };
}
