using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Cupola.LanguageModels;

/// <summary>
/// A language model behind the protocol of OpenAI, as Ollama, llama.cpp, vLLM, Azure and many others speak it, each a little
/// otherwise: only what is needed of it is read. Retries are the writer's; here a failure becomes an exception that says what it
/// means.
/// </summary>
internal sealed class LanguageModelServer : IChatClient
{
    // How long a server may leave a connection open after the last word.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly LanguageModelConnection _connection;
    private readonly LanguageModelAddress _address;
    private readonly LanguageModelRequest _request;

    /// <summary>A model of a server.</summary>
    /// <param name="endpoint">The address that <c>/chat/completions</c> follows, as in <c>http://localhost:11434/v1</c>.</param>
    /// <param name="model">The model's name; for Azure the deployment's.</param>
    public LanguageModelServer(Uri endpoint, string model)
    {
        _connection = LanguageModelConnection.Open(endpoint, Environment.GetEnvironmentVariable);
        _address = new(endpoint);
        _request = new(endpoint, model);
    }

    /// <summary>What a person should know of what was asked; nothing where all was asked as it was meant.</summary>
    public string? Note =>
        _request.RefusesTemperature
            ? $"{_connection.Host} takes no temperature for this model, so it was left out: how far answers differ is up to the "
                + "server."
            : null;

    /// <summary>The address that a person named.</summary>
    /// <exception cref="ArgumentException">It is no web address.</exception>
    public static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? address
            : throw new ArgumentException(
                $"The endpoint '{text}' is no http or https address; name one as in http://localhost:11434/v1."
            );

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        string question = string.Join("\n\n", messages.Select(static message => message.Text));
        LanguageModelRefusedException? first = null;
        for (bool isAskedAgain = true; isAskedAgain;)
        {
            isAskedAgain = false;
            Uri address = _address.Current;
            JsonObject body = _request.Body(question, options);
            bool hasAnswered = false;
            IAsyncEnumerator<ChatResponseUpdate> updates = AskAsync(address, body, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using (updates.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await updates.MoveNextAsync().ConfigureAwait(false))
                        {
                            break;
                        }
                    }
                    catch (LanguageModelRefusedException refused)
                    {
                        first ??= refused;
                        isAskedAgain =
                            !hasAnswered
                            && (
                                _request.CanDoWithout(refused.Error, question, body)
                                || (refused.IsWrongAddress && _address.TryNext(address))
                            );
                        if (!isAskedAgain)
                        {
                            // Of two addresses that both take no questions, the one that says why is meant.
                            throw _connection.Explain(first.Error.IsTold && !refused.Error.IsTold ? first : refused);
                        }

                        break;
                    }

                    hasAnswered |= updates.Current.Contents.Count > 0;
                    yield return updates.Current;
                }
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        Uri address,
        JsonObject body,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using HttpResponseMessage response = await _connection.AskAsync(address, body, cancellationToken).ConfigureAwait(false);
        Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            LanguageModelAnswer answer = new();
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            IAsyncEnumerator<LanguageModelEvent> events = LanguageModelEvents
                .ReadAsync(content, patience.Token)
                .GetAsyncEnumerator(patience.Token);
            await using (events.ConfigureAwait(false))
            {
                while (!answer.IsAtEnd && await MoveNextAsync(events, answer, cancellationToken).ConfigureAwait(false))
                {
                    yield return answer.Read(events.Current);
                    if (answer.HasFinished)
                    {
                        patience.CancelAfter(Farewell);
                    }
                }
            }

            answer.RequireEnd();
        }
    }

    /// <summary>Goes on to the next event. Where the model has ended, it does not matter how the connection does.</summary>
    private async Task<bool> MoveNextAsync(
        IAsyncEnumerator<LanguageModelEvent> events,
        LanguageModelAnswer answer,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception problem)
            when (answer.HasFinished
                && !cancellationToken.IsCancellationRequested
                && problem is IOException or HttpRequestException or OperationCanceledException
            )
        {
            return false;
        }
        catch (InvalidDataException problem)
        {
            throw _connection.Endless(problem);
        }
    }
}
