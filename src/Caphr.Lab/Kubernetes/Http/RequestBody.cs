using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Reads JSON bodies. A field given twice is refused: which of the two was meant, nobody knows.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    public static async Task<Outcome<JsonNode, Refusal>> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, documentOptions: s_strict, cancellationToken: request.HttpContext.RequestAborted) is { } body
                ? body
                : Refusal.BadRequest("the request has no body");
        }
        catch (JsonException unreadable)
        {
            return Refusal.BadRequest($"the body of the request is not the JSON of an object: {unreadable.Message}");
        }
    }

    /// <summary>An apply is YAML, of which JSON is a part; most clients send that part.</summary>
    public static async Task<Outcome<JsonObject, Refusal>> ReadAppliedAsync(HttpRequest request)
    {
        var bytes = await BytesAsync(request);
        try
        {
            var document = bytes.AsSpan().TrimStart((byte)' ') is [(byte)'{', ..] ? JsonNode.Parse(bytes, documentOptions: s_strict) : FromYaml(Encoding.UTF8.GetString(bytes));
            return document is JsonObject applied ? applied : Refusal.NotAnObject();
        }
        catch (Exception unreadable) when (unreadable is JsonException or YamlException)
        {
            return Refusal.BadRequest($"error decoding YAML: {unreadable.Message}");
        }
    }

    public static async Task<Outcome<JsonObject, Refusal>> ReadObjectAsync(HttpRequest request)
    {
        if (MediaType(request) is not ("" or Answers.JsonType or ProtobufBody.MediaType)) return Unsupported([Answers.JsonType]);
        var read = MediaType(request) == ProtobufBody.MediaType ? ProtobufBody.Read(await BytesAsync(request)) : await ReadAsync(request);
        if (!read.TryGet(out var body, out var refusal)) return refusal;
        return body is JsonObject document ? document : Refusal.NotAnObject();
    }

    private static JsonNode? FromYaml(string text)
    {
        var document = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(text);
        return document is null ? null : JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document));
    }

    private static async Task<byte[]> BytesAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.ToArray();
    }

    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';')[0].Trim();

    public static Refusal Unsupported(IEnumerable<string> accepted) => new(
        RefusalReason.UnsupportedMediaType, $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");
}
