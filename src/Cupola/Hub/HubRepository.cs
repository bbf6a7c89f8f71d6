using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Cupola.Hub;

/// <summary>The content of a model's revision on the hub.</summary>
/// <param name="Commit">The hash of its commit.</param>
/// <param name="Files">The names of its files.</param>
internal sealed record HubListing(string Commit, IReadOnlySet<string> Files);

/// <summary>
/// The hub's API for one model: <c>api/models/…/revision/…</c> lists its files, <c>…/resolve/COMMIT/FILE</c> is a file.
/// </summary>
internal sealed class HubRepository(HubConnection connection, Uri endpoint, HubModelName model)
{
    private const string LinkedHash = "X-Linked-Etag";
    private const string LinkedSize = "X-Linked-Size";

    // The largest file that the real hub stores has half a terabyte.
    private const long WeightsLimit = 1L << 40;

    // The largest repositories list some ten thousand files.
    private const int ListingLimit = 16 << 20;

    public HubModelName Model => model;

    /// <summary>Requests the commit of the revision and its files.</summary>
    public async Task<HubListing> ListAsync(CancellationToken cancellationToken)
    {
        byte[] bytes = [];
        string what = $"the list of files of '{model}'";
        Uri address = Address($"api/models/{model.Owner}/{model.Name}/revision/{Uri.EscapeDataString(model.Revision)}");
        await connection
            .RetryAsync(async token => bytes = await GetAsync(address, what, token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        return HubJson.Read(bytes, $"The answer of {endpoint.Host} to {what}", ReadListing);
    }

    /// <summary>Requests the hash and the length of a file.</summary>
    public async Task<HubFile> DescribeAsync(string commit, string file, CancellationToken cancellationToken)
    {
        HubFile? described = null;
        await connection
            .RetryAsync(async token => described = await HeadAsync(commit, file, token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        return described!;
    }

    private async Task<byte[]> GetAsync(Uri address, string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await connection
            .SendAsync(HttpMethod.Get, address, what, 0, null, cancellationToken)
            .ConfigureAwait(false);
        using MemoryStream all = new();
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            byte[] buffer = new byte[1 << 16];
            while (await connection.ReadAsync(body, buffer, what, cancellationToken).ConfigureAwait(false) is > 0 and int count)
            {
                all.Write(buffer, 0, count);
                if (all.Length > ListingLimit)
                {
                    throw new InvalidDataException($"{endpoint.Host} sends more than {ListingLimit} bytes as {what}.");
                }
            }
        }

        return all.ToArray();
    }

    private async Task<HubFile> HeadAsync(string commit, string file, CancellationToken cancellationToken)
    {
        string what = $"{file} of '{model}'";
        Uri address = Address($"{model.Owner}/{model.Name}/resolve/{commit}/{Uri.EscapeDataString(file)}");

        // Large files are redirected to storage; their hash and length are headers of the redirect, and storage has another ETag.
        using HttpResponseMessage response = await connection
            .SendAsync(HttpMethod.Head, address, what, 0, answer => Header(answer, LinkedHash) is not null, cancellationToken)
            .ConfigureAwait(false);
        string tag = Header(response, LinkedHash) ?? Header(response, "ETag") ?? "";
        string hash = (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
        if (!HubFile.IsHash(hash))
        {
            throw new InvalidDataException(
                $"{endpoint.Host} gives no hash for {what} (its tag is {HubJson.Quote(tag)}), so what it sends could not be "
                    + "checked."
            );
        }

        if (Header(response, "X-Repo-Commit") is { } sent && sent != commit)
        {
            throw new InvalidDataException(
                $"{endpoint.Host} answers for commit {HubJson.Quote(sent)} when asked for {what} at {commit}."
            );
        }

        HubFile described = new(file, address, hash, Size(response, what));
        bool isSmall = HubModelFiles.IsSmall(file);
        bool isTooLarge = described.Size is { } size ? size > (isSmall ? HubJson.SizeLimit : WeightsLimit) : !isSmall;
        string declared = described.Size?.ToString(CultureInfo.InvariantCulture) ?? "no number of";
        return isTooLarge
            ? throw new InvalidDataException($"{endpoint.Host} declares {declared} bytes for {what}, which cannot be right.")
            : described;
    }

    private static long? Size(HttpResponseMessage response, string what)
    {
        if (Header(response, LinkedSize) is not { } linked)
        {
            // The Content-Length of a redirect is that of its own body.
            return response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        }

        return long.TryParse(linked, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? size
            : throw new InvalidDataException(
                $"The declared length of {what}, {HubJson.Quote(linked)}, is not a number of bytes."
            );
    }

    private HubListing ReadListing(JsonElement root)
    {
        string? commit = Text(root, "sha");
        if (
            commit is null
            || !HubModelName.IsHash(commit)
            || !root.TryGetProperty("siblings", out JsonElement siblings)
            || siblings.ValueKind != JsonValueKind.Array
        )
        {
            throw new InvalidDataException(
                $"{endpoint.Host} does not say which commit '{model}' is and what it holds; check HF_ENDPOINT."
            );
        }

        IEnumerable<string> files = siblings.EnumerateArray().Select(sibling => Text(sibling, "rfilename")).OfType<string>();
        return new HubListing(commit, files.ToHashSet(StringComparer.Ordinal));
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.First() : null;

    private Uri Address(string path) => new($"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}");
}
