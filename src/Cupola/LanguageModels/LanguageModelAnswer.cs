using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Cupola.LanguageModels;

/// <summary>An answer while it comes: what of it was read, and whether it has come to its end.</summary>
internal sealed class LanguageModelAnswer
{
    private bool _hasChunk;
    private bool _hasText;
    private string? _unreadable;
    private ChatFinishReason? _finish;

    /// <summary>Whether the model has said that it ended.</summary>
    public bool HasFinished => _finish is not null;

    /// <summary>Whether nothing follows.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>What an event adds to the answer: nothing where it only shows that the server is alive.</summary>
    /// <exception cref="LanguageModelRefusedException">It is an error, or the last of a body in which there was no
    /// answer.</exception>
    /// <exception cref="IOException">The server gave up.</exception>
    public ChatResponseUpdate Read(LanguageModelEvent sent)
    {
        if (sent is { IsError: true, Text: { } problem })
        {
            throw new LanguageModelRefusedException(LanguageModelError.Read(problem));
        }

        if (sent.Json is { } json)
        {
            return Read(json, sent.IsError);
        }

        if (!sent.IsEnd)
        {
            return PassOver(sent.Text);
        }

        IsAtEnd = true;
        RequireAnswer(_unreadable ?? "");
        _finish ??= ChatFinishReason.Stop;
        return Update("", isThinking: false, _finish);
    }

    /// <summary>Sees to it that a body that ends here held an answer, and all of it.</summary>
    public void RequireEnd()
    {
        if (_unreadable is not null)
        {
            RequireAnswer(_unreadable);
        }

        if (!HasFinished)
        {
            throw new IOException("an answer ends in its middle");
        }
    }

    private static ChatResponseUpdate Update(string text, bool isThinking, ChatFinishReason? finish) =>
        new()
        {
            Role = ChatRole.Assistant,
            Contents =
                text.Length > 0 ? [new TextContent(text)]
                : isThinking ? [new TextReasoningContent("")]
                : [],
            FinishReason = finish,
        };

    private ChatResponseUpdate Read(JsonElement json, bool isError)
    {
        try
        {
            return LanguageModelError.In(json, isError) is { } error ? throw new LanguageModelRefusedException(error)
                : LanguageModelChunk.Read(json) is { } chunk ? Add(chunk)
                : PassOver(json.GetRawText());
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair where a name or a kind should stand.
            return PassOver(json.GetRawText());
        }
    }

    private ChatResponseUpdate Add(LanguageModelChunk chunk)
    {
        if (chunk.IsBroken)
        {
            throw new IOException("the server gave up in the middle of an answer");
        }

        // Some servers end a stream with the whole message once more.
        string text = chunk.IsMessage && _hasText ? "" : chunk.Text;
        _hasChunk = true;
        _hasText |= text.Length > 0;
        ChatFinishReason? finish = chunk.Finish ?? (chunk.IsMessage ? ChatFinishReason.Stop : null);
        _finish = _finish == ChatFinishReason.Length ? _finish : finish ?? _finish;
        return Update(text, chunk.IsThinking, finish is null ? null : _finish);
    }

    private ChatResponseUpdate PassOver(string? text)
    {
        _unreadable ??= text;
        return Update("", isThinking: false, finish: null);
    }

    private void RequireAnswer(string said)
    {
        if (!_hasChunk)
        {
            throw new LanguageModelRefusedException(LanguageModelError.Read("")) { Unreadable = said };
        }
    }
}
