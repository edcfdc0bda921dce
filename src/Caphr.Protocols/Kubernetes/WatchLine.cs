using System.Text.Json;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>One line of a watch.</summary>
internal sealed record WatchLine
{
    public string Type { get; init; } = "";

    public JsonElement Object { get; init; }

    /// <summary>Null for a type that a later Kubernetes may add: not ours to interpret, and no reason to stop.</summary>
    public static WatchEvent<T>? Read<T>(ReadOnlyMemory<byte> text, Call call)
        where T : KubernetesObject, IKubernetesResource
    {
        try
        {
            var line = JsonSerializer.Deserialize<WatchLine>(text.Span, KubernetesJson.Options);
            return line?.Type switch
            {
                "ADDED" => new WatchEvent<T>.Added(line.As<T>()),
                "MODIFIED" => new WatchEvent<T>.Modified(line.As<T>()),
                "DELETED" => new WatchEvent<T>.Deleted(line.As<T>()),
                "BOOKMARK" => new WatchEvent<T>.Bookmark(line.As<T>().Metadata.ResourceVersion ?? ""),
                "ERROR" => new WatchEvent<T>.Failed(Refusal(line.As<ApiStatus>(), call)),
                null or "" => Garbage("a line has no type"),
                _ => null,
            };
        }
        catch (JsonException exception)
        {
            return Garbage($"a line is not valid at {exception.Path}");
        }

        WatchEvent<T>.Failed Garbage(string why) => new(call.Failed(KubernetesError.Malformed, $"{why}."));
    }

    private TValue As<TValue>() => Object.Deserialize<TValue>(KubernetesJson.Options) ?? throw new JsonException("null", "$.object", null, null);

    private static KubernetesFailure Refusal(ApiStatus status, Call call) =>
        call.Failed(ApiStatus.ErrorOf(status.Code ?? 500, status.Reason, write: false), status.Message ?? "the server ended the watch.");
}
