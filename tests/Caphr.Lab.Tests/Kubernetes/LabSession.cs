using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>A running API server and a plain HTTP client for it.</summary>
internal sealed class LabSession : IAsyncDisposable
{
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";

    private LabSession(LabKubernetes server)
    {
        Server = server;
        Http = new HttpClient { BaseAddress = server.BaseAddress };
    }

    public LabKubernetes Server { get; }

    public HttpClient Http { get; }

    public static async Task<LabSession> StartAsync(Func<LabKubernetesOptions, LabKubernetesOptions>? change = null)
    {
        var options = new LabKubernetesOptions { Clock = new RealClock() };
        var server = new LabKubernetes(change is null ? options : change(options));
        await server.StartAsync();
        return new LabSession(server);
    }

    /// <summary>A session that already serves <see cref="Samples.Definition"/>.</summary>
    public static async Task<LabSession> WithDefinitionAsync(Func<LabKubernetesOptions, LabKubernetesOptions>? change = null)
    {
        var session = await StartAsync(change);
        (await session.PostAsync(Samples.Definitions, Samples.Definition)).Expect(201);
        return session;
    }

    public Task<Answer> GetAsync(string path, string accept = "application/json") => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    public Task<Answer> PatchAsync(string path, string body, string contentType = MergePatch) => SendAsync(HttpMethod.Patch, path, body, contentType);

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public async Task<WatchReader> WatchAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "watch=true");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Waits until the path answers with the code, woken by every change the server makes.</summary>
    public async Task UntilAsync(string path, int code)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), new RealClock());
        while ((await GetAsync(path)).Code != code) await Task.Delay(TimeSpan.FromMilliseconds(20), new RealClock(), limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? body, string contentType = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : [], response.Headers.RetryAfter?.Delta);
    }

    /// <summary>The base class is the real clock; it is banned by name everywhere but in programs.</summary>
    public sealed class RealClock : TimeProvider;
}

internal sealed record Answer(int Code, string Text, IReadOnlyList<string> Warnings, TimeSpan? RetryAfter)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string Message => Json["message"]!.GetValue<string>();

    public string Version => Json["metadata"]!["resourceVersion"]!.GetValue<string>();

    public Answer Expect(int code)
    {
        Assert.True(Code == code, $"expected {code}, got {Code}: {Text}");
        return this;
    }
}

internal sealed class WatchReader(HttpResponseMessage response, Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    /// <summary>The next event, or null at the end of the stream.</summary>
    public async Task<(string Type, JsonNode Object)?> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), new LabSession.RealClock());
        if (await _reader.ReadLineAsync(limit.Token) is not { } line) return null;
        var parsed = JsonNode.Parse(line)!;
        return (parsed["type"]!.GetValue<string>(), parsed["object"]!);
    }

    /// <summary>The next event as <c>TYPE name</c>.</summary>
    public async Task<string> NextNameAsync() =>
        await NextAsync() is { } found ? $"{found.Type} {found.Object["metadata"]?["name"]?.GetValue<string>()}" : "end";

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
