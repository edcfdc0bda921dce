using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Protocols.Tests.Talos.Grpc;

/// <summary>
/// A peer that writes HTTP/2 frames by hand, for what no server library would say. It answers the first request of every connection with
/// the frames it was given, and then holds the connection or hangs up.
/// </summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private static readonly int s_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.Length;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly X509Certificate2 _certificate;
    private readonly Func<byte[]> _answer;
    private readonly bool _hangsUp;
    private readonly Task _serving;

    public RawPeer(Func<byte[]> answer, bool hangsUp)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = new CertificateRequest("CN=raw", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        (_answer, _hangsUp) = (answer, hangsUp);
        _listener.Start();
        _serving = ServeAsync();
    }

    public GrpcChannel Connect(TimeProvider clock) => new((IPEndPoint)_listener.LocalEndpoint, OddServer.AcceptAnyone(), clock);

    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeader + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    /// <summary>Status 200 and the content type of gRPC.</summary>
    public static byte[] Begin() => Frame(Headers, EndHeaders, 1, [0x88, .. Literal("content-type", "application/grpc")]);

    /// <summary>Status 500 and a page.</summary>
    public static byte[] ErrorPage() => Frame(Headers, EndHeaders, 1, [0x8e, .. Literal("content-type", "text/html")]);

    public static byte[] Body(ReadOnlySpan<byte> bytes) => Frame(Data, 0, 1, bytes);

    public static byte[] Trailers(params (string Name, string Value)[] fields) =>
        Frame(Headers, EndHeaders | EndStream, 1, [.. fields.SelectMany(field => Literal(field.Name, field.Value))]);

    public static byte[] ResetStream(int code) => Frame(3, 0, 1, [0, 0, 0, (byte)code]);

    /// <summary>Names the last stream that was worked on.</summary>
    public static byte[] GoAway(int lastStream, int code) => Frame(7, 0, 0, [0, 0, 0, (byte)lastStream, 0, 0, 0, (byte)code]);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _certificate.Dispose();
        _over.Dispose();
    }

    /// <summary>A header field that is in no table. Names and values are shorter than 127 bytes, so a byte holds their length.</summary>
    private static byte[] Literal(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }

        await Task.WhenAll(connections);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, _over.Token);
            await tls.ReadExactlyAsync(new byte[s_preface], _over.Token);
            await tls.WriteAsync(Frame(Settings, 0, 0, []), _over.Token);
            while (await ReadFrameAsync(tls) is var type)
            {
                if (type == Settings) await tls.WriteAsync(Frame(Settings, 1, 0, []), _over.Token);
                if (type != Headers) continue;
                await tls.WriteAsync(_answer(), _over.Token);
                if (_hangsUp) await HangUpAsync(client, tls);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has heard enough, or the test is over.
        }
    }

    /// <summary>Says that nothing more comes, and listens until the client leaves too: a socket closed over unread bytes takes back what it has sent.</summary>
    private async Task HangUpAsync(TcpClient client, SslStream tls)
    {
        client.Client.Shutdown(SocketShutdown.Send);
        var unread = new byte[4096];
        while (await tls.ReadAsync(unread, _over.Token) > 0) { }

        throw new EndOfStreamException("The client has left.");
    }

    private async Task<byte?> ReadFrameAsync(SslStream tls)
    {
        var header = new byte[FrameHeader];
        await tls.ReadExactlyAsync(header, _over.Token);
        await tls.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], _over.Token);
        // An acknowledgement is not answered.
        return header[3] is Settings or Ping && header[4] == 1 ? null : header[3];
    }
}
