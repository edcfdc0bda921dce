using System.Buffers.Binary;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Grpc;

/// <summary>
/// Messages on the wire: one byte that says whether the message is compressed (it never is, as we never offer to), four bytes of
/// length, the message.
/// </summary>
public static class GrpcFraming
{
    /// <summary>Talos' own limit for a message in either direction.</summary>
    public const int MaxMessageBytes = 32 * 1024 * 1024;

    private const int HeaderBytes = 5;

    private const int FirstBufferBytes = 16 * 1024;

    public static byte[] Encode(IMessage message)
    {
        var length = message.CalculateSize();
        var frame = new byte[HeaderBytes + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)length);
        message.WriteTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>Reads the next message. A stream that ends between two messages gives <see cref="Frame.End"/>.</summary>
    public static async Task<Frame> ReadAsync(Stream stream, int maxMessageBytes, CancellationToken cancellation)
    {
        var header = new byte[HeaderBytes];
        var read = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellation);
        if (read == 0) return new Frame.End();
        if (read < HeaderBytes) return new Frame.Broken("The stream ended inside of a frame header.");
        if (header[0] != 0) return new Frame.Broken("The message is compressed, or this is no gRPC frame.");

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > maxMessageBytes) return new Frame.TooLarge(length);

        return await ReadBodyAsync(stream, (int)length, cancellation) is { } message
            ? new Frame.Message(message)
            : new Frame.Broken("The stream ended inside of a message.");
    }

    /// <summary>The buffer grows with what arrives: an announced length alone reserves no memory.</summary>
    private static async Task<byte[]?> ReadBodyAsync(Stream stream, int length, CancellationToken cancellation)
    {
        var message = new byte[Math.Min(length, FirstBufferBytes)];
        for (var filled = 0; filled < length;)
        {
            if (filled == message.Length) Array.Resize(ref message, (int)Math.Min(length, message.Length * 4L));
            var read = await stream.ReadAsync(message.AsMemory(filled), cancellation);
            if (read == 0) return null;
            filled += read;
        }

        return message;
    }
}

/// <summary>What was found where a frame was looked for.</summary>
public abstract record Frame
{
    private Frame() { }

    public sealed record Message(ReadOnlyMemory<byte> Bytes) : Frame;

    public sealed record End : Frame;

    public sealed record TooLarge(long Bytes) : Frame;

    public sealed record Broken(string Reason) : Frame;
}
