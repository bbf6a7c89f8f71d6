using Cupola.Prompts;
using Cupola.Prompts.Audit;

namespace Cupola.Tests.Prompts.Audit;

/// <summary>
/// The tags between which families of language models think, as they come from a server that does not take the thinking out.
/// </summary>
public sealed class ThinkingAloudTests
{
    private const string Thoughts = "The user wants a caption. I name colours.\n\nA frog is not red.";
    private const string Answer = "A tree frog is a small green frog.";

    public static TheoryData<string, string> Tags { get; } =
        new()
        {
            { "<think>", "</think>" }, // DeepSeek-R1, Qwen3, GLM, MiniMax, Nemotron, Phi-4
            { "<Think>\n", "\n</Think>\n" },
            { "<thinking>", "</thinking>" },
            { "<thought>", "</thought>" }, // EXAONE Deep, Gemini
            { "<reasoning>", "</reasoning>" },
            { "<reason>", "</ reason >" },
            { "<seed:think>", "</seed:think>" },
            { "<longcat_think>", "</longcat_think>" },
            { "<think:opensource>", "</think:opensource>" },
            { "<antThinking>", "</antThinking>" },
            { "<reflection>", "</reflection>" },
            { "<details type=\"reasoning\" done=\"true\">", "</details>" }, // Open WebUI, z.ai
            { "&lt;think&gt;", "&lt;/think&gt;" },
            { "[THINK]", "[/THINK]" }, // Magistral
            { "[unused16]", "[unused17]" }, // Pangu
            { "◁think▷", "◁/think▷" }, // Kimi
            { "<|begin_of_thought|>", "<|end_of_thought|>\n\n<|begin_of_solution|>" }, // OpenThinker
            { "<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>" }, // Command A
            { "<|THINK_START|>", "<|THINK_END|>" }, // Step
            { "<|think:start|>", "<|think:end|>" }, // Solar Open 2
            { "<|plamo:begin_think:plamo|>", "<|plamo:end_think:plamo|>" },
            { "<|inner_prefix|>", "<|inner_suffix|>" }, // Apertus
            { "<|channel>thought\n", "<channel|>" }, // Gemma 4
            { "<unused94>thought\n", "<unused95>" }, // MedGemma
            { "<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>" }, // gpt-oss
            { "<|channel|>commentary<|message|>", "<|channel|>final <|constrain|>text<|message|>" },
            { "analysisW", "assistantfinal" }, // gpt-oss without its tokens
            { "<start_working_out>", "<end_working_out>" },
            { "Here is my thought process:", "Here is my response:" }, // Granite 3.2
            { "<think>", "</think>\n<answer>\n" }, // Hunyuan
            { "Thinking...\n", "\n...done thinking.\n" }, // Ollama
            { "**Reasoning:** ", "\n\n**Final Answer:**\n" },
        };

    [Theory]
    [MemberData(nameof(Tags))]
    public void WhatStandsBeforeTheClosingTagIsNoAnswerWhetherItWasOpenedOrNot(string open, string close)
    {
        Assert.Equal(Answer, ThinkingAloud.Remove($"{open}{Thoughts}{close}{Answer}").Trim());
        Assert.Equal(Answer, ThinkingAloud.Remove($"{Thoughts}{close}{Answer}").Trim());
        Assert.Equal(Answer, FirstSentence.Find($"{open}{Thoughts}{close}\n\n{Answer} It sits.", isWhole: true));
        Assert.NotNull(ThinkingAloud.Find($"{Thoughts}{close}{Answer}"));
    }

    [Theory]
    [MemberData(nameof(Tags))]
    public void WhatIsOpenedAndNeverClosedHasNoAnswer(string open, string close)
    {
        Assert.NotEqual(open, close);
        Assert.Equal("", ThinkingAloud.Remove($"{open}{Thoughts}").Trim());
        Assert.Null(FirstSentence.Find($"{open}{Thoughts}", isWhole: true));
    }

    [Theory]
    [InlineData("<think>One.</think>The user wants two.<think>Two.</think>Three.", "Three.")]
    [InlineData("<think>I write <think> and </think> here.</think>A frog.", "A frog.")]
    [InlineData("A frog is green.\n<think>Is that all?", "A frog is green.\n")]
    [InlineData("<think>One.</think>", "")]
    [InlineData("<answer>A frog.</answer> Done.", "A frog.")]
    public void TheLastClosingTagCounts(string text, string answer) => Assert.Equal(answer, ThinkingAloud.Remove(text));

    [Theory]
    [InlineData("A thinking emoji is a yellow face with a hand at its chin.")]
    [InlineData("The Thinker is a bronze statue of a man in thought.")]
    [InlineData("A reasoning test has rows of shapes <in boxes> and [one gap].")]
    [InlineData("A frog (thinking of flies) sits on a leaf.")]
    [InlineData("A think tank is an office building.")]
    public void WordsAboutThoughtAreNoTags(string sentence)
    {
        Assert.Equal(sentence, ThinkingAloud.Remove(sentence));
        Assert.Null(ThinkingAloud.Find(sentence));
    }

    [Fact]
    public void ThinkingWithoutAnyTagGivesWayToWhatIsSaidLast()
    {
        Assert.Equal(
            Answer,
            FirstSentence.Find($"Okay, the user wants a caption.\n\nIt could be red.\n\n{Answer}", isWhole: true)
        );
        Assert.Null(FirstSentence.Find("Okay, the user wants a caption. I name its", isWhole: false));
    }

    [Fact]
    public void TheAuditFindsThinkingAndKeepsWhatStandsAfterIt()
    {
        PromptSet prompts = new([
            new(
                "tree frog",
                new[]
                {
                    "Okay, the user wants a caption.",
                    "The user wants a caption, so I name its colours.</think>A tree frog is a small green frog with sticky toe "
                        + "pads.",
                    "<thinking>The user wants a caption.",
                    "Tree frogs need to keep their skin moist.",
                    "I need to describe a tree frog in one sentence.",
                    "We need to name a tree frog's colours.",
                    "Let me think about what a tree frog looks like.",
                    "Hmm, the question is what a tree frog is.",
                    "First, I should say that a tree frog is small.",
                }.Select(static text => new Prompt(text, "test"))
            ),
            new("computer mouse", [new Prompt("The user moves a computer mouse with one hand.", "test")]),
        ]);
        PromptAudit audit = PromptAudit.Create(prompts);

        Assert.Equal(
            [0, 1, 2, 4, 5, 6, 7, 8],
            audit
                .Findings.Where(static finding => finding.Fault is PromptFault.Refusal or PromptFault.Markup)
                .Select(static finding => finding.Position)
                .Distinct()
        );
        RepairedPrompts repaired = audit.Repair();
        Assert.Equal(
            ["A tree frog is a small green frog with sticky toe pads.", "Tree frogs need to keep their skin moist."],
            repaired.Prompts["tree frog"].Select(static prompt => prompt.Text)
        );
        Assert.Single(repaired.Prompts["computer mouse"]);
    }
}
