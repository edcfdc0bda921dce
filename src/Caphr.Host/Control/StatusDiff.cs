using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Host.Control;

/// <summary>
/// The patch that leads from the status an object has to the one it should have. Nearly always there is none: so both are written as text first, into buffers that
/// are kept, and only where they differ are they taken apart.
/// </summary>
internal static class StatusDiff
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_present;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_wanted;

    /// <returns>Null when there is nothing to change.</returns>
    public static JsonObject? Of<T>(T present, T wanted)
    {
        // What a projection cannot say anything about yet, it leaves.
        if (ReferenceEquals(present, wanted)) return null;
        return Text(present, t_present ??= new()).SequenceEqual(Text(wanted, t_wanted ??= new())) ? null : MergeDiff.Of(Json(present), Json(wanted));
    }

    private static ReadOnlySpan<byte> Text<T>(T status, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(writer, status, KubernetesJson.Options);
        return buffer.WrittenSpan;
    }

    private static JsonObject Json<T>(T status) => JsonSerializer.SerializeToNode(status, KubernetesJson.Options)!.AsObject();
}
