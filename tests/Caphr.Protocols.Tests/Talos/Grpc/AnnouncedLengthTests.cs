using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;

namespace Caphr.Protocols.Tests.Talos.Grpc;

[Collection(Alone)]
public sealed class AnnouncedLengthTests
{
    /// <summary>What is counted is the whole process's, so no other test may allocate meanwhile.</summary>
    public const string Alone = "counting what is allocated";

    [Fact]
    public async Task A_length_that_is_announced_and_never_sent_reserves_nothing()
    {
        // Within the limit, and thirty megabytes all the same.
        await using var peer = new RawPeer(() => [.. RawPeer.Begin(), .. RawPeer.Body([0, 0x01, 0xe0, 0, 0, 1]), .. RawPeer.Trailers(("grpc-status", "0"))], hangsUp: false);
        await CallAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await CallAsync();

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 * 1024 * 1024);

        // A channel for each call: the peer answers the first of a connection. It must not hang up, for that may be heard before the rest of the answer.
        async Task CallAsync()
        {
            using var channel = peer.Connect(new HandClock());
            var outcome = await channel.CallAsync(TalosMethods.Version, new Empty(), TimeSpan.FromSeconds(15), CancellationToken.None);
            Assert.Equal(GrpcError.MalformedMessage, outcome.Failure?.Error);
        }
    }
}

[CollectionDefinition(AnnouncedLengthTests.Alone, DisableParallelization = true)]
public sealed class CountingCollection;
