using Caphr.Actors.Servers;
using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class EventTextsTests
{
    private static readonly ServerEvent.ConfigurationAccepted s_accepted = new(Objects.Now, Objects.Now);

    [Fact]
    public void What_the_template_keeps_is_told_with_the_configuration() => Assert.Equal(
        new EventText("Configured", "Talos has taken its configuration. What the template itself says was left as it is: machine.network.hostname, machine.install.disk."),
        EventTexts.For(s_accepted with { Kept = ["machine.network.hostname", "machine.install.disk"] }));

    [Fact]
    public void Where_it_keeps_nothing_nothing_is_added() =>
        Assert.Equal(new EventText("Configured", "Talos has taken its configuration."), EventTexts.For(s_accepted));
}
