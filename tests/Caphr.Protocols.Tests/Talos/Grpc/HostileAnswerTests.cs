using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;
using Version = Caphr.Protocols.Talos.Wire.Machine.Version;

namespace Caphr.Protocols.Tests.Talos.Grpc;

/// <summary>
/// Answers made by chance out of everything that can be wrong with one. Whatever comes, a call ends: well, or in a failure with a name;
/// never in an exception, and never by nothing but its deadline, which this clock does not let come.
/// </summary>
public sealed class HostileAnswerTests
{
    private const int Answers = 40;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private static readonly string[] s_statuses = ["0", "00", "1", "16", "17", "99", "-1", "+0", "0x0", "", " ", "2147483648", "99999999999999999999", "OK", "0,0"];

    private static readonly string[] s_messages = ["", "%", "%4", "%zz", "%ff%fe", "%00", new string('a', 120), "100%25"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task No_answer_crashes_or_hangs_a_call(int seed)
    {
        var random = new Random(seed);
        await using var peer = new RawPeer(() => Answer(random), hangsUp: true);
        using var channel = peer.Connect(new HandClock());
        var ends = new List<string>();

        for (var i = 0; i < Answers; i++)
        {
            var outcome = await channel.CallAsync(TalosMethods.Version, new Empty(), TimeSpan.FromSeconds(15), CancellationToken.None).WaitAsync(s_patience);
            Assert.NotEqual(GrpcError.DeadlineExceeded, outcome.Failure?.Error);
            ends.Add(outcome.Failure?.Error.ToString() ?? "answered");
        }

        // Chance that always ends in one way would have tested little.
        Assert.True(ends.Distinct().Count() >= 4, string.Join(", ", ends));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task No_stream_of_answers_crashes_or_hangs_its_reader(int seed)
    {
        var random = new Random(seed);
        await using var peer = new RawPeer(() => Answer(random), hangsUp: true);
        using var channel = peer.Connect(new HandClock());

        for (var i = 0; i < Answers; i++)
        {
            var answers = await channel.StreamAsync(TalosMethods.Version, new Empty(), TimeSpan.FromSeconds(15), CancellationToken.None).ToListAsync().AsTask().WaitAsync(s_patience);
            // A failure is the last thing a stream says.
            Assert.All(answers.SkipLast(1), answer => Assert.True(answer.Succeeded));
        }
    }

    private static byte[] Answer(Random random) => random.Next(9) switch
    {
        0 => Bytes(random, 200),
        1 => [.. RawPeer.Begin(), .. Bytes(random, 60)],
        2 => [.. RawPeer.Begin(), .. RawPeer.Body(Bytes(random, 60)), .. Ending(random)],
        3 => [.. RawPeer.Begin(), .. RawPeer.Body(Mutated(random)), .. Ending(random)],
        4 => [.. RawPeer.Begin(), .. RawPeer.Body(Frame()), .. Ending(random)],
        5 => [.. RawPeer.ErrorPage(), .. RawPeer.Body("<html>"u8), .. RawPeer.Trailers()],
        6 => [.. RawPeer.Begin(), .. Many(random), .. Ending(random)],
        7 => Cut(random, [.. RawPeer.Begin(), .. RawPeer.Body(Frame()), .. RawPeer.Trailers(("grpc-status", "0"))]),
        _ => [.. RawPeer.Begin(), .. RawPeer.Body([0, 0xff, 0xff, 0xff, 0xff, 1]), .. Ending(random)],
    };

    /// <summary>A good status, a strange one, or none at all.</summary>
    private static byte[] Ending(Random random) => random.Next(4) switch
    {
        0 => RawPeer.Trailers(("grpc-status", "0")),
        1 => RawPeer.Trailers(),
        2 => RawPeer.Trailers(("grpc-message", s_messages[random.Next(s_messages.Length)])),
        _ => RawPeer.Trailers(("grpc-status", s_statuses[random.Next(s_statuses.Length)]), ("grpc-message", s_messages[random.Next(s_messages.Length)])),
    };

    private static byte[] Frame() => GrpcFraming.Encode(new VersionResponse { Messages = { new Version { Version_ = new VersionInfo { Tag = "v1.13.9" } } } });

    private static byte[] Mutated(Random random)
    {
        var frame = Frame();
        frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
        return frame;
    }

    private static IEnumerable<byte> Many(Random random) => Enumerable.Range(0, random.Next(1, 20)).SelectMany(_ => RawPeer.Body(random.Next(2) == 0 ? Frame() : []));

    private static byte[] Cut(Random random, byte[] whole) => whole[..random.Next(whole.Length)];

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
