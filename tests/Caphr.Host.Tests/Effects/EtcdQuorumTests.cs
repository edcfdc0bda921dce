using Caphr.Actors.Servers;
using Caphr.Host.Effects;

namespace Caphr.Host.Tests.Effects;

/// <summary>Whether one more member of etcd may go down, by what the others say.</summary>
public sealed class EtcdQuorumTests
{
    [Theory]
    // Of three, two others are well.
    [InlineData(3, 2, 0, 0, true)]
    // Of three, one other is well: this one is the second of the two that are needed.
    [InlineData(3, 1, 0, 0, false)]
    [InlineData(5, 3, 0, 0, true)]
    [InlineData(5, 2, 0, 0, false)]
    // A learner does not vote.
    [InlineData(3, 1, 1, 0, false)]
    // Nobody has a leader: there is no quorum left to lose.
    [InlineData(3, 0, 0, 2, true)]
    [InlineData(3, 1, 0, 1, false)]
    // One without a leader answers, and the other does not: it may be cut off from a quorum that stands.
    [InlineData(3, 0, 0, 1, false)]
    // Nobody answers.
    [InlineData(3, 0, 0, 0, false)]
    public void A_member_may_go_down_if_the_others_are_enough_or_lost_already(int voters, int well, int learners, int leaderless, bool may)
    {
        List<EtcdQuorum.PeerView> views =
        [
            .. Enumerable.Repeat(new EtcdQuorum.PeerView(HasLeader: true, IsLearner: false, voters), well),
            .. Enumerable.Repeat(new EtcdQuorum.PeerView(HasLeader: true, IsLearner: true, voters), learners),
            .. Enumerable.Repeat(new EtcdQuorum.PeerView(HasLeader: false, IsLearner: false, voters), leaderless),
        ];

        var problem = EtcdQuorum.Judge(views, voters - 1);

        Assert.Equal(may, problem is null);
        Assert.True(may || problem is { Reason: "QuorumAtRisk", Advice: Advice.WaitForPerson, NothingDone: true });
    }
}
