using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Conformance.Kube;

/// <summary>A plain HTTP client for one API server: it adds nothing to a request and hides nothing of an answer.</summary>
public sealed class KubeApi : IDisposable
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string StrategicPatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    public const string MetadataOnly = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    public const string MetadataListOnly = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

    private readonly HttpClient _http;
    private readonly string? _token;

    /// <param name="connection">Decides whom to trust and which certificate to show.</param>
    /// <param name="token">Shown with every request; null for none.</param>
    public KubeApi(KubernetesConnection connection, string? token)
    {
        _http = new HttpClient(connection.CreateHandler()) { BaseAddress = new Uri(connection.Server.ToString().TrimEnd('/') + "/"), Timeout = Waiting.Limit };
        _token = token;
    }

    public Task<Reply> GetAsync(string path, string accept = Json) => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<Reply> PostAsync(string path, string body, string contentType = Json) => SendAsync(HttpMethod.Post, path, body, contentType);

    public Task<Reply> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> PutAsync(string path, JsonNode body) => PutAsync(path, body.ToJsonString());

    public Task<Reply> MergeAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body, MergePatch);

    public Task<Reply> PatchAsync(string path, string contentType, string body) => SendAsync(HttpMethod.Patch, path, body, contentType);

    public Task<Reply> ApplyAsync(string path, string manager, string body, bool force = false) =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", body, ApplyPatch);

    public Task<Reply> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public async Task<Reply> SendAsync(HttpMethod method, string path, string? body, string contentType = Json, string accept = Json)
    {
        using var request = Request(method, path, accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await _http.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync())
        {
            Warnings = response.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : [],
            Protocol = response.Version,
        };
    }

    public async Task<WatchFeed> WatchAsync(string path, string accept = Json)
    {
        using var request = Request(HttpMethod.Get, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}watch=true", accept);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new WatchFeed(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>What a server promises for later (discovery, deletion, garbage collection) is asked for until it is so.</summary>
    public Task<Reply> UntilAsync(string path, Func<Reply, bool> isSo, string accept = Json) =>
        Waiting.UntilAsync(() => GetAsync(path, accept), isSo, reply => $"{path} still answers {reply.Code}: {reply.Text}");

    public Task<Reply> UntilGoneAsync(string path) => UntilAsync(path, reply => reply.Code == 404);

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, string accept)
    {
        var request = new HttpRequestMessage(method, path.TrimStart('/'))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.UserAgent.ParseAdd("caphr-conformance/1.0");
        if (_token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return request;
    }
}
