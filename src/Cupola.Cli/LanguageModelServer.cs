using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cupola.Prompts;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Cupola.Cli;

/// <summary>
/// A language model behind the protocol of OpenAI, which Ollama, llama.cpp, vLLM and Azure OpenAI speak too. Retries are the writer's; here a failure becomes an exception
/// that says what it means.
/// </summary>
internal sealed class LanguageModelServer : DelegatingChatClient
{
    private readonly Uri _endpoint;

    /// <summary>A model of a server.</summary>
    /// <param name="endpoint">The address that <c>/chat/completions</c> follows, as in <c>http://localhost:11434/v1</c>.</param>
    /// <param name="model">The model's name; for Azure the deployment's.</param>
    public LanguageModelServer(Uri endpoint, string model)
        : base(Connect(endpoint, model)) => _endpoint = endpoint;

    /// <summary>The address that a person named.</summary>
    /// <exception cref="ArgumentException">It is no web address.</exception>
    public static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? address
            : throw new ArgumentException($"The endpoint '{text}' is no http or https address; name one as in http://localhost:11434/v1.");

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool isFinished = false;
        IAsyncEnumerator<ChatResponseUpdate> updates = base.GetStreamingResponseAsync(messages, WithTokenLimit(options), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (await MoveNextAsync(updates).ConfigureAwait(false))
            {
                isFinished |= updates.Current.FinishReason is not null;
                yield return updates.Current;
            }
        }

        if (!isFinished)
        {
            throw new IOException("an answer ends in its middle");
        }
    }

    private static IChatClient Connect(Uri endpoint, string model)
    {
        LanguageModelAnswers answers = LanguageModelAnswers.Of(endpoint, Environment.GetEnvironmentVariable);
        // The writer's patience is the only limit, and counts anew with every word.
        HttpClient http = new(answers) { Timeout = Timeout.InfiniteTimeSpan };
        OpenAIClientOptions options = new()
        {
            Endpoint = endpoint,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        // The client wants a key where a server has none; LanguageModelAnswers sends the real one, or none.
        return new ChatClient(model, new ApiKeyCredential("none"), options).AsIChatClient();
    }

    private async Task<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (ClientResultException problem) when (problem.InnerException is HttpRequestException or IOException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problem.InnerException);
            throw;
        }
        catch (Exception problem) when (problem is ClientResultException or JsonException or InvalidOperationException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new LanguageModelException($"{_endpoint.Authority} answers with something that is no chat completion; check that its address ends where /chat/completions begins.", null, problem);
        }
    }

    /// <summary>OpenAI renamed the limit of tokens for its reasoning models, and the others know the old name.</summary>
    private ChatOptions? WithTokenLimit(ChatOptions? options)
    {
        if (options?.MaxOutputTokens is not { } limit || LanguageModelAnswers.IsOpenAi(_endpoint) || LanguageModelAnswers.IsAzure(_endpoint))
        {
            return options;
        }

        ChatOptions old = options.Clone();
        old.MaxOutputTokens = null;
        old.RawRepresentationFactory = _ =>
        {
            ChatCompletionOptions raw = new();
            raw.Patch.Set("$.max_tokens"u8, limit);
            return raw;
        };
        return old;
    }
}
