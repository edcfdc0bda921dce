using Caphr.Host.Effects;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Tests.Effects;

/// <summary>What a node must say of itself before it counts as one.</summary>
public sealed class NodeProofTests
{
    [Theory]
    // It answers, and it has not taken its configuration yet, or has only just.
    [InlineData(MachineStage.Maintenance, true, "", false)]
    [InlineData(MachineStage.Rebooting, true, "", false)]
    [InlineData(MachineStage.Booting, false, "", false)]
    // Work of its own is left.
    [InlineData(MachineStage.Booting, false, "time", false)]
    [InlineData(MachineStage.Running, false, "nodeReady,time", false)]
    // What is left comes only when the cluster lives.
    [InlineData(MachineStage.Booting, false, "nodeReady", true)]
    [InlineData(MachineStage.Running, true, "", true)]
    public void An_answer_is_no_proof_until_nothing_is_left_that_the_node_could_do_itself(MachineStage stage, bool ready, string unmet, bool proven)
    {
        var status = new MachineStatus(stage, ready, [.. unmet.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new UnmetCondition(name, "not yet"))]);

        Assert.Equal(proven, NodeProof.IsGiven(status));
    }
}
