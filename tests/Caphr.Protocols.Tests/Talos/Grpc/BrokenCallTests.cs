using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Protocols.Tests.Talos.Grpc;

/// <summary>How HTTP/2 itself ends a call, told apart by name.</summary>
public sealed class BrokenCallTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    private static readonly byte[] s_answer = GrpcFraming.Encode(new VersionResponse { Messages = { new Caphr.Protocols.Talos.Wire.Machine.Version() } });

    [Fact]
    public async Task The_peer_written_by_hand_can_also_answer_well() =>
        Assert.Null(await CallAsync([.. RawPeer.Begin(), .. RawPeer.Body(s_answer), .. RawPeer.Trailers(("grpc-status", "0"))]));

    [Theory]
    [InlineData(2, "INTERNAL_ERROR")]
    [InlineData(8, "CANCEL")]
    [InlineData(11, "ENHANCE_YOUR_CALM")]
    public async Task A_reset_before_the_answer_is_named(int code, string words) => Is(GrpcError.StreamReset, words, await CallAsync(RawPeer.ResetStream(code)));

    [Fact]
    public async Task A_reset_in_the_middle_of_an_answer_is_named() =>
        Is(GrpcError.StreamReset, "INTERNAL_ERROR", await CallAsync([.. RawPeer.Begin(), .. RawPeer.Body(s_answer.AsSpan(0, 6)), .. RawPeer.ResetStream(2)]));

    [Fact]
    public async Task A_connection_that_is_given_up_with_our_call_on_it_is_named() =>
        Is(GrpcError.GoingAway, "ENHANCE_YOUR_CALM", await CallAsync([.. RawPeer.Begin(), .. RawPeer.GoAway(0, 11)]));

    [Fact]
    public async Task A_connection_that_ends_without_a_word_is_lost() => Is(GrpcError.ConnectionLost, "", await CallAsync(RawPeer.Begin(), hangsUp: true));

    [Fact]
    public async Task A_call_on_a_connection_that_is_going_away_is_answered_to_its_end() =>
        Assert.Null(await CallAsync([.. RawPeer.Begin(), .. RawPeer.GoAway(1, 0), .. RawPeer.Body(s_answer), .. RawPeer.Trailers(("grpc-status", "0"))]));

    private static void Is(GrpcError error, string words, GrpcFailure? failure)
    {
        Assert.Equal(error, failure?.Error);
        Assert.Contains(words, failure?.Detail, StringComparison.Ordinal);
    }

    private static async Task<GrpcFailure?> CallAsync(byte[] frames, bool hangsUp = false)
    {
        await using var peer = new RawPeer(() => frames, hangsUp);
        using var channel = peer.Connect(new HandClock());
        return (await channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None)).Failure;
    }
}
