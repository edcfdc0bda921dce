using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class RemediesTests
{
    [Fact]
    public void What_to_do_comes_from_the_page_that_people_read()
    {
        Assert.Equal("Set spec.controlPlaneEndpoint.", Remedies.For("HetznerRobotCluster", "WaitingForControlPlaneEndpoint"));
        Assert.Null(Remedies.For("HetznerRobotMachine", "WaitingForHost"));
        Assert.NotNull(Remedies.For("HetznerRobotMachine", "ForeignData"));
        Assert.Null(Remedies.For("HetznerRobotMachine", "NeverHeardOf"));
    }
}
