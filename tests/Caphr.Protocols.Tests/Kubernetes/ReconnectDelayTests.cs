using Caphr.Protocols.Kubernetes.Informers;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class ReconnectDelayTests
{
    [Fact]
    public void A_delay_lies_between_half_and_the_whole_of_the_doubled_first_one() =>
        Prop.ForAll<int, int>((bad, seed) =>
        {
            var full = Math.Min(250d * Math.Pow(2, Math.Clamp(bad - 1d, 0, 30)), 30_000);
            var delay = ReconnectDelay.Default.After(bad, askedFor: null, new Random(seed)).TotalMilliseconds;
            return delay >= (full / 2) - 1 && delay <= full;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_server_that_named_a_time_is_never_asked_earlier() =>
        Prop.ForAll<int, ushort, int>((bad, seconds, seed) =>
            ReconnectDelay.Default.After(bad, TimeSpan.FromSeconds(seconds), new Random(seed)) >= TimeSpan.FromSeconds(seconds)).QuickCheckThrowOnFailure();
}
