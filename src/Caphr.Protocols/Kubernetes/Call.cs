using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caphr.Protocols.Kubernetes;

/// <summary>One request, and how to speak of it in a sentence.</summary>
internal sealed class Call
{
    private readonly List<string> _query = [];
    private readonly string _path;
    private string _mediaType = "application/json";
    private byte[]? _body;

    private Call(string verb, HttpMethod method, ResourceType type, string path, string subject)
    {
        Verb = verb;
        Method = method;
        Type = type;
        _path = path;
        Subject = subject;
    }

    public string Verb { get; }

    public HttpMethod Method { get; }

    public ResourceType Type { get; }

    /// <summary>Such as <c>get hetznerrobothosts default/node6</c>.</summary>
    public string Subject { get; }

    public bool IsWrite => Method != HttpMethod.Get;

    public static Call Of<T>(string verb, HttpMethod method, ObjectKey key, string? subresource = null, bool collection = false)
        where T : IKubernetesResource
    {
        var plural = subresource is null ? T.Resource.Plural : $"{T.Resource.Plural}/{subresource}";
        return new Call(verb, method, T.Resource, T.Resource.Path(key.Namespace, collection ? null : key.Name, subresource), $"{verb} {plural} {key}");
    }

    public static Call OfMany<T>(string verb, Selection selection)
        where T : IKubernetesResource
    {
        var where = selection.Namespace is null ? "in all namespaces" : $"in {selection.Namespace}";
        var call = new Call(verb, HttpMethod.Get, T.Resource, T.Resource.Path(selection.Namespace), $"{verb} {T.Resource.Plural} {where}");
        foreach (var (name, value) in selection.Query()) call.With(name, value);
        return call;
    }

    public Call With(string name, string value)
    {
        if (value.Length > 0) _query.Add($"{name}={Uri.EscapeDataString(value)}");
        return this;
    }

    public Call As(string fieldManager) => With("fieldManager", fieldManager);

    public Call Sending(JsonNode body) => Sending("application/json", JsonSerializer.SerializeToUtf8Bytes(body, KubernetesJson.Options));

    public Call Sending(string mediaType, byte[] body)
    {
        _mediaType = mediaType;
        _body = body;
        return this;
    }

    public HttpRequestMessage ToRequest()
    {
        var relative = _query.Count == 0 ? _path : $"{_path}?{string.Join('&', _query)}";
        var request = new HttpRequestMessage(Method, new Uri(relative, UriKind.Relative))
        {
            Version = HttpVersion.Version20,
            // Over plain http there is nobody to negotiate with, and it becomes 1.1.
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_body is null) return request;
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(_mediaType);
        return request;
    }

    public KubernetesFailure Failed(KubernetesError error, string why) => new(error, $"Could not {Subject}: {why}");

    public override string ToString() => Subject;
}
