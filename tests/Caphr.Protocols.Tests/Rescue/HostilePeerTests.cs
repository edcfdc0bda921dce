using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Caphr.Protocols.Rescue;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>Peers that are slow, or mean it badly: each ends in a word of ours, and takes nothing of the process with it.</summary>
public sealed class HostilePeerTests : IDisposable
{
    private static readonly byte[] s_banner = "SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray();

    private readonly RescueConnector _connector = new(new RescueConnectorOptions { User = Environment.UserName }, Clock.Real);
    private readonly SshUserKey _key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;

    public void Dispose()
    {
        _connector.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task A_server_whose_bytes_come_one_by_one_is_waited_for()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var relay = new Relay(sshd.Endpoint, async (from, to) =>
        {
            var one = new byte[1];
            while (await from.ReadAsync(one) > 0) await to.WriteAsync(one);
        });

        await using var session = (await ConnectAsync(relay.Endpoint)).Value;
        var result = (await session.ExecuteAsync("echo slow", default, CancellationToken.None)).Value;

        Assert.Equal("slow\n", Encoding.UTF8.GetString(result.Output.Span));
    }

    [Fact]
    public async Task A_message_slipped_into_the_key_exchange_ends_it()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var relay = new Relay(sshd.Endpoint, async (from, to) =>
        {
            // The greeting and the server's offer, which is where it says that it is strict; then a message that asks to be ignored.
            await to.WriteAsync(await LineAsync(from));
            var length = new byte[4];
            await from.ReadExactlyAsync(length);
            var offer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await from.ReadExactlyAsync(offer);
            Assert.Contains("kex-strict-s-v00@openssh.com", Encoding.ASCII.GetString(offer), StringComparison.Ordinal);
            await to.WriteAsync((byte[])[.. length, .. offer, 0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            await from.CopyToAsync(to);
        });

        var outcome = await ConnectAsync(relay.Endpoint);

        Assert.Equal(RescueError.HandshakeFailed, outcome.Failure?.Error);
        Assert.Contains("strict", outcome.Failure!.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_a_peer_says_first_ends_in_a_named_error_and_leaves_no_descriptor(int seed)
    {
        await using var sshd = await Sshd.StartAsync([]);
        var speech = await FirstWordsAsync(sshd.Endpoint);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new RescueEndpoint(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        var random = new Random(seed);

        for (var round = 0; round < 200; round++)
        {
            var (what, said) = Garble(random, speech);
            var connecting = ConnectAsync(endpoint);
            await SayAsync(listener, said, abruptly: random.Next(4) == 0);
            var failure = (await connecting).Failure;

            Assert.True(
                failure?.Error is RescueError.NotSsh or RescueError.Dropped or RescueError.HandshakeFailed,
                $"Seed {seed}, round {round} ({what}, {said.Length} bytes): {failure?.ToString() ?? "a session"}.");
        }

        Assert.Equal(1, Descriptors.OfPort(endpoint.Port));
    }

    /// <summary>What a real server says before it hears from its client: greeting and offer.</summary>
    private static async Task<byte[]> FirstWordsAsync(RescueEndpoint server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address, server.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(s_banner);
        var greeting = await LineAsync(stream);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var offer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(offer);
        return [.. greeting, .. length, .. offer];
    }

    private static (string What, byte[] Said) Garble(Random random, byte[] speech)
    {
        var start = Array.IndexOf(speech, (byte)'\n') + 1;
        switch (random.Next(8))
        {
            case 0:
                return ("cut short", speech[..random.Next(speech.Length)]);
            case 1:
                var flipped = speech.ToArray();
                for (var i = random.Next(1, 20); i > 0; i--) flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
                return ("bytes changed", flipped);
            case 2:
                var lying = speech.ToArray();
                uint[] lengths = [0, 1, 5, 35000, 0x7fffffff, 0x80000000, 0xffffffff, (uint)random.Next()];
                BinaryPrimitives.WriteUInt32BigEndian(lying.AsSpan(start), lengths[random.Next(lengths.Length)]);
                return ("length that lies", lying);
            case 3:
                return ("endless greeting", [.. "SSH-2.0-"u8, .. Enumerable.Repeat((byte)'a', random.Next(200, 200_000))]);
            case 4:
                return ("noise after the greeting", [.. speech[..start], .. Noise(random, random.Next(1, 5000))]);
            case 5:
                return ("greeting of noise", [.. "SSH-"u8, .. Noise(random, random.Next(1, 300)), (byte)'\n', .. Noise(random, 100)]);
            case 6:
                return ("offer again and again", [.. speech, .. Enumerable.Repeat(speech[start..], random.Next(1, 50)).SelectMany(one => one)]);
            default:
                var at = random.Next(start, speech.Length);
                return ("something slipped in", [.. speech[..at], .. Noise(random, random.Next(1, 64)), .. speech[at..]]);
        }
    }

    private static byte[] Noise(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Speaks, and either cuts the connection or waits for the client to have had enough.</summary>
    private static async Task SayAsync(TcpListener listener, byte[] said, bool abruptly)
    {
        using var peer = await listener.AcceptSocketAsync();
        try
        {
            await peer.SendAsync(said);
            if (abruptly)
            {
                peer.LingerState = new LingerOption(enable: true, seconds: 0);
                return;
            }

            peer.Shutdown(SocketShutdown.Send);
            var heard = new byte[4096];
            while (await peer.ReceiveAsync(heard) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client had enough before everything was said.
        }
    }

    private static async Task<byte[]> LineAsync(NetworkStream stream)
    {
        List<byte> line = [];
        var one = new byte[1];
        while (one[0] != '\n')
        {
            await stream.ReadExactlyAsync(one);
            line.Add(one[0]);
        }

        return [.. line];
    }

    private Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(RescueEndpoint endpoint) =>
        _connector.ConnectAsync(endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None);
}
