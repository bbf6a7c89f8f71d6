using Cupola.Files;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Prompts;

/// <summary>Where the prompts of a set come from: templates that are filled with labels, prompts of classes, or both.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Templates">Filled with each label.</param>
/// <param name="Written">Prompts of classes; null where there are none.</param>
internal sealed record PromptSource(string Name, IReadOnlyList<PromptTemplate> Templates, PromptSet? Written)
{
    /// <summary>What stands before a template in the name of a source.</summary>
    public const string TemplatePrefix = "template:";

    /// <summary>The template that is taken where nothing is named.</summary>
    public static PromptSource Simple { get; } = new("simple", PromptTemplates.Simple, null);

    /// <summary>One template.</summary>
    public static PromptSource FromTemplate(string text) => new(TemplatePrefix + text, [new PromptTemplate(text)], null);

    /// <summary>The templates of a name or a file.</summary>
    public static PromptSource ReadTemplates(string nameOrPath) => new(nameOrPath, PromptTemplates.Read(nameOrPath), null);

    /// <summary>A file of prompts, or several files and templates with + between.</summary>
    public static PromptSource ReadPrompts(string text) =>
        !File.Exists(text) && Parts(text) is { Length: > 1 } parts
            ? parts.Select(ReadPart).Aggregate(static (first, second) => first.Union(second))
            : new(text, [], PromptSet.Read(text));

    /// <summary>A file of prompts, templates, or several of both with + between.</summary>
    public static PromptSource Read(string text) => Parts(text).Length > 1 ? ReadPrompts(text) : ReadPart(text);

    /// <summary>Files of prompts and templates together.</summary>
    /// <param name="name">What a person calls the files.</param>
    /// <param name="files">Files of prompts.</param>
    /// <param name="templates">Single templates.</param>
    /// <param name="named">Templates of a name or a file; null for none.</param>
    public static PromptSource Read(string name, IEnumerable<string> files, IEnumerable<string> templates, string? named)
    {
        PromptSet[] written = [.. files.Select(PromptSet.Read)];
        PromptTemplate[] single = [.. templates.Select(static text => new PromptTemplate(text))];
        return new(
            name,
            [.. single, .. named is null ? [] : PromptTemplates.Read(named)],
            written.Length == 0 ? null : written.Aggregate(static (first, second) => first.Union(second))
        );
    }

    /// <summary>The prompts of the labels.</summary>
    /// <param name="labels">What there is to choose from.</param>
    /// <param name="logger">Receives which classes are no label and are left out.</param>
    public PromptSet CreateSet(IReadOnlyList<string> labels, ILogger? logger) => FillAnd(labels, SelectWritten(labels, logger));

    /// <summary>The written prompts of the labels; null where nothing is written.</summary>
    /// <param name="labels">What there is to choose from.</param>
    /// <param name="logger">Receives which classes are no label and are left out.</param>
    public PromptSet? SelectWritten(IReadOnlyList<string> labels, ILogger? logger)
    {
        if (Written is null)
        {
            return null;
        }

        (PromptSet selected, IReadOnlyList<string> leftOut) = Written.Select(labels);
        if (leftOut.Count > 0)
        {
            string which = leftOut.Count == 1 ? $"class of {Name} is no label and is" : $"classes of {Name} are no label and are";
            string names = ShortList.Join(leftOut);
            logger?.Warn(Invariant($"{leftOut.Count} {which} left out: {names}."));
        }

        return selected;
    }

    /// <summary>The templates filled with the labels, and then what is written.</summary>
    public PromptSet FillAnd(IReadOnlyList<string> labels, PromptSet? written)
    {
        PromptSet? filled = Templates.Count > 0 || written is null ? PromptSet.FromTemplates(labels, Templates) : null;
        return written is null ? filled! : filled?.Union(written) ?? written;
    }

    private PromptSource Union(PromptSource other) =>
        new(
            $"{Name}+{other.Name}",
            [.. Templates, .. other.Templates],
            Written is null ? other.Written
                : other.Written is null ? Written
                : Written.Union(other.Written)
        );

    private static PromptSource ReadPart(string part) =>
        part.StartsWith(TemplatePrefix, StringComparison.Ordinal) ? FromTemplate(part[TemplatePrefix.Length..])
        : PromptSet.IsFile(part) ? new(part, [], PromptSet.Read(part))
        : ReadTemplates(part);

    private static string[] Parts(string text) =>
        text.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
