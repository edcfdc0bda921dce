using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;

namespace Caphr.Lab.StandIns.Moving;

/// <summary>One of the two API servers of a move. Objects are moved whole, so they are read as they are and not as anybody models them.</summary>
internal sealed class MoveApi(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };

    /// <summary>Null: there is no such object.</summary>
    public async Task<Outcome<JsonObject?, MoveFailure>> FindAsync(string path, CancellationToken cancellation)
    {
        var (code, body) = await SendAsync(HttpMethod.Get, path, null, "", cancellation);
        return code == HttpStatusCode.NotFound ? Outcome<JsonObject?, MoveFailure>.Of(null) : Read(code, body, path);
    }

    public async Task<Outcome<IReadOnlyList<JsonObject>, MoveFailure>> ListAsync(string path, CancellationToken cancellation)
    {
        var (code, body) = await SendAsync(HttpMethod.Get, path, null, "", cancellation);
        return Read(code, body, path).Then<IReadOnlyList<JsonObject>>(list => [.. list.ItemsAt("items").OfType<JsonObject>()]);
    }

    /// <summary>The object as it is after that, whether it was made now or was there.</summary>
    public async Task<Outcome<JsonObject?, MoveFailure>> EnsureAsync(string collection, JsonObject wanted, CancellationToken cancellation)
    {
        var (code, body) = await SendAsync(HttpMethod.Post, collection, wanted, "application/json", cancellation);
        return code == HttpStatusCode.Conflict ? await FindAsync($"{collection}/{wanted.Name()}", cancellation) : Read(code, body, collection);
    }

    public async Task<MoveFailure?> PatchAsync(string path, JsonNode patch, string mediaType, CancellationToken cancellation)
    {
        var (code, body) = await SendAsync(HttpMethod.Patch, path, patch, mediaType, cancellation);
        // Gone is what a patch of something that is deleted may find.
        return code == HttpStatusCode.NotFound ? null : Read(code, body, path).Failure;
    }

    public async Task<MoveFailure?> DeleteAsync(string path, CancellationToken cancellation)
    {
        var (code, body) = await SendAsync(HttpMethod.Delete, path, null, "", cancellation);
        return code == HttpStatusCode.NotFound ? null : Read(code, body, path).Failure;
    }

    public void Dispose() => _http.Dispose();

    // The answer to a refusal may quote the object, which may be a Secret: only its reason is repeated.
    private static Outcome<JsonObject?, MoveFailure> Read(HttpStatusCode code, JsonObject? body, string path) => (int)code is >= 200 and < 300
        ? Outcome<JsonObject?, MoveFailure>.Of(body)
        : new MoveFailure(MoveError.Refused, $"{path}: {(int)code} {body.TextAt("reason")}");

    private async Task<(HttpStatusCode Code, JsonObject? Body)> SendAsync(HttpMethod method, string path, JsonNode? body, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body.ToText(), Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        using var response = await _http.SendAsync(request, cancellation);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject);
    }
}
