using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Host.Control;

/// <summary>
/// The patch that leads from the status an object has to the one it should have. Nearly always there is none, for thousands of objects at each look: then both are
/// written as text into buffers that are kept, and nothing is built.
/// </summary>
internal static class StatusDiff
{
    [ThreadStatic]
    private static Text? t_present;

    [ThreadStatic]
    private static Text? t_wanted;

    /// <returns>Null when there is nothing to change.</returns>
    public static JsonObject? Of<T>(T present, T wanted)
    {
        // What a projection cannot say anything about yet, it leaves.
        if (ReferenceEquals(present, wanted)) return null;
        return (t_present ??= new Text()).Write(present).SequenceEqual((t_wanted ??= new Text()).Write(wanted)) ? null : MergeDiff.Of(Json(present), Json(wanted));
    }

    private static JsonObject Json<T>(T status) => JsonSerializer.SerializeToNode(status, KubernetesJson.Options)!.AsObject();

    private sealed class Text
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(4096);
        private readonly Utf8JsonWriter _writer;

        public Text() => _writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });

        public ReadOnlySpan<byte> Write<T>(T value)
        {
            _bytes.ResetWrittenCount();
            _writer.Reset(_bytes);
            JsonSerializer.Serialize(_writer, value, KubernetesJson.Options);
            return _bytes.WrittenSpan;
        }
    }
}
