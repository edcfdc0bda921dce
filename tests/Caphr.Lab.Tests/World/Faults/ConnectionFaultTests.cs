using Caphr.Lab.World.Faults;
using Caphr.Protocols.Rescue;

namespace Caphr.Lab.Tests.World.Faults;

/// <summary>What goes wrong with a connection to a rescue system that runs.</summary>
public sealed class ConnectionFaultTests
{
    [Fact]
    public async Task A_server_without_its_cable_says_nothing_and_is_the_same_boot_afterwards()
    {
        await using var lab = await ServerLab.StartAsync(120);
        await using var session = await lab.EnterRescueAsync();
        var key = lab.HostKey;

        lab.Break("network-detached");
        Assert.Equal(RescueError.ConnectionLost, (await session.ProveAsync(default)).Failure?.Error);
        Assert.Equal(RescueError.TimedOut, (await lab.ConnectBrieflyAsync()).Failure?.Error);

        lab.Heal(ServerFault.NetworkDetached);
        await using var again = (await lab.ConnectAsync(new HostKeyPolicy.Pinned(key!.Sha256Fingerprint))).Value;
        Assert.True((await again.ProveAsync(default)).Succeeded);
    }

    [Fact]
    public async Task A_server_without_its_cable_boots_nothing_from_the_network()
    {
        await using var lab = await ServerLab.StartAsync(121);
        lab.Break("network-detached");

        await lab.OrderAndResetAsync();

        Assert.True(await lab.IsOrderedAsync());
        Assert.False(lab.Listens);
    }

    [Fact]
    public async Task A_connection_is_cut_in_the_middle_of_one_answer()
    {
        await using var lab = await ServerLab.StartAsync(122);
        await using var session = await lab.EnterRescueAsync();
        lab.Break("ssh-cut");

        Assert.Contains((await session.ProveAsync(default)).Failure?.Error, (RescueError?[])[RescueError.ConnectionLost, RescueError.GarbledAnswer]);

        await using var again = (await lab.ConnectAsync()).Value;
        Assert.True((await again.ProveAsync(default)).Succeeded);
    }

    [Fact]
    public async Task Connections_are_reset_before_a_word_is_said()
    {
        await using var lab = await ServerLab.StartAsync(123);
        lab.Break("ssh-resets");
        await lab.OrderAndResetAsync();

        Assert.Equal(RescueError.Dropped, (await lab.ConnectAsync()).Failure?.Error);
        lab.Heal(ServerFault.SshResets);
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }

    [Fact]
    public async Task Connections_are_taken_and_nothing_is_said()
    {
        await using var lab = await ServerLab.StartAsync(124);
        lab.Break("ssh-silent");
        await lab.OrderAndResetAsync();

        Assert.Equal(RescueError.TimedOut, (await lab.ConnectBrieflyAsync()).Failure?.Error);
        lab.Heal(ServerFault.SshSilent);
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }
}
