using System.CommandLine;
using Caphr.Lab.Cli;

namespace Caphr.Lab.Tests.Cli;

public sealed class LabOptionsTests
{
    [Fact]
    public void A_command_line_decides_the_world_and_its_ports()
    {
        var options = Read(servers: null, "--servers", "0", "--speed", "2.5", "--seed", "7", "--port-base", "20000");

        Assert.Equal((0, 2.5, 7), (options.World.Servers, options.World.TimeScale, options.World.Seed));
        Assert.Equal(new DatacenterPorts(Kubernetes: 20043, Robot: 20080, Factory: 20081, Rescue: 20022, Talos: 20050), options.Ports);
    }

    [Fact]
    public void A_verb_that_needs_a_number_of_servers_has_it_and_offers_no_choice()
    {
        Assert.Equal(6, Read(servers: 6).World.Servers);
        Assert.NotEmpty(Parse(servers: 6, "--servers", "3").Line.Errors);
    }

    [Theory]
    [InlineData("--servers", "-1")]
    [InlineData("--speed", "0")]
    [InlineData("--port-base", "80")]
    public void A_number_that_makes_no_sense_is_refused_by_name(string option, string value) =>
        Assert.Contains(option, Assert.Single(Parse(servers: null, option, value).Line.Errors).Message, StringComparison.Ordinal);

    private static DatacenterOptions Read(int? servers, params string[] arguments)
    {
        var (options, line) = Parse(servers, arguments);
        Assert.Empty(line.Errors);
        return options.Read(line);
    }

    private static (LabOptions Options, ParseResult Line) Parse(int? servers, params string[] arguments)
    {
        var options = new LabOptions();
        var command = new Command("verb");
        options.AddTo(command, servers);
        return (options, command.Parse(arguments));
    }
}
