using Caphr.Lab.Cli;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.Cli;

public sealed class DemoViewTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DemoRow s_row = new(2938104, "worker-1", "Installing", "Provisioning", s_noon, "writes the image, 40 %");

    [Fact]
    public void A_row_joins_the_server_with_the_machine_that_claimed_it()
    {
        var host = new HetznerRobotHost
        {
            Spec = new HetznerRobotHostSpec { ServerID = 2938104, ConsumerRef = new ConsumerReference { Name = "infra-1" } },
            Status = new HetznerRobotHostStatus { Phase = "Installing", Since = s_noon, Message = "writes the image, 40 %" },
        };

        Assert.Equal(s_row, DemoRow.Of(host, [Machine("worker-2", "infra-2", "Pending"), Machine("worker-1", "infra-1", "Provisioning")]));
    }

    [Fact]
    public void A_server_that_nobody_claimed_has_no_machine()
    {
        var host = new HetznerRobotHost { Spec = new HetznerRobotHostSpec { ServerID = 1 } };

        var row = DemoRow.Of(host, [Machine("worker-1", "", "Pending")]);

        Assert.Equal(("", "New", false), (row.Machine, row.Phase, row.Done));
    }

    [Theory]
    [InlineData("Provisioned", "Running", true)]
    [InlineData("Provisioned", "Provisioned", false)]
    [InlineData("Joining", "Running", false)]
    public void A_server_is_done_when_it_and_its_machine_are(string phase, string machinePhase, bool done) =>
        Assert.Equal(done, (s_row with { Phase = phase, MachinePhase = machinePhase }).Done);

    [Fact]
    public void The_table_fits_the_terminal_and_shows_progress()
    {
        var lines = DemoTable.Render([s_row, s_row with { Phase = "Provisioned" }], s_noon.AddSeconds(42), width: 80);

        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains("██████████░░░░░░░░", lines[1], StringComparison.Ordinal);
        Assert.Contains("42s", lines[1], StringComparison.Ordinal);
        Assert.Contains("██████████████████", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void News_tell_of_changes_and_of_nothing_else()
    {
        var other = s_row with { Server = 2938105 };

        var first = DemoNews.Between([], [s_row, other], TimeSpan.FromSeconds(1)).ToList();
        var second = DemoNews.Between([s_row, other], [s_row, other with { Phase = "Booting", Message = "" }], TimeSpan.FromSeconds(2.5)).ToList();

        Assert.Equal(2, first.Count);
        Assert.Equal("   2.5s  2938105 Booting worker-1 (Provisioning)", Assert.Single(second));
        Assert.Empty(DemoNews.Between([s_row], [s_row], TimeSpan.Zero));
    }

    [Fact]
    public void A_server_that_is_not_done_says_why_in_a_sentence()
    {
        Assert.Equal("Server 2938104 is Installing for 3m: writes the image, 40 %.", s_row.Sentence(s_noon.AddMinutes(3)));
        Assert.Equal(
            "Server 2938104 is Provisioned, and its Machine is Provisioned for 10s.",
            (s_row with { Phase = "Provisioned", MachinePhase = "Provisioned", Message = "" }).Sentence(s_noon.AddSeconds(10)));
    }

    private static CoreMachine Machine(string name, string infra, string phase) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new CoreMachineSpec { InfrastructureRef = new ClusterApiReference { Kind = "HetznerRobotMachine", Name = infra } },
        Status = new CoreMachineStatus { Phase = phase },
    };
}
