using Cupola.Prompts.Audit;

namespace Cupola.Cli;

/// <summary>What the command line calls the faults of prompts.</summary>
internal static class FaultNames
{
    private static readonly (PromptFault Fault, string Name)[] Names =
    [
        (PromptFault.Duplicate, "duplicate"),
        (PromptFault.NearDuplicate, "near-duplicate"),
        (PromptFault.Refusal, "refusal"),
        (PromptFault.NoClassName, "no-class-name"),
        (PromptFault.OtherClass, "other-class"),
        (PromptFault.Cut, "cut"),
        (PromptFault.TooLong, "too-long"),
        (PromptFault.WrongArticle, "wrong-article"),
        (PromptFault.Markup, "markup"),
    ];

    public static string NameOf(PromptFault fault) => Names.First(each => each.Fault == fault).Name;

    public static PromptFault Read(string name) =>
        Names.FirstOrDefault(each => each.Name == name) is { Name: not null } known
            ? known.Fault
            : throw new ArgumentException(
                $"There is no fault '{name}'; use {string.Join(", ", Names.Select(static each => each.Name))}."
            );
}
