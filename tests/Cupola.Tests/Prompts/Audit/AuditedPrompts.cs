using Cupola.Prompts;
using Cupola.Prompts.Audit;

namespace Cupola.Tests.Prompts.Audit;

/// <summary>Small prompt sets, and what an audit says of them.</summary>
internal static class AuditedPrompts
{
    public static PromptSet Set(params (string ClassName, string[] Sentences)[] classes) =>
        new(
            classes.Select(static each =>
                KeyValuePair.Create(each.ClassName, each.Sentences.Select(static text => new Prompt(text, "by hand")))
            )
        );

    /// <summary>The findings of one kind about one class alone, in order.</summary>
    public static PromptFinding[] Of(PromptFault fault, string className, params string[] sentences) =>
        [.. PromptAudit.Create(Set((className, sentences))).Findings.Where(finding => finding.Fault == fault)];

    /// <summary>What shows a fault in one sentence, or nothing.</summary>
    public static string? Detail(PromptFault fault, string className, string sentence) =>
        Of(fault, className, sentence).SingleOrDefault()?.Detail;
}
