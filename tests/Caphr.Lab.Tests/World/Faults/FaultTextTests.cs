using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests.World.Faults;

public sealed class FaultTextTests
{
    [Theory]
    [InlineData("server 2938104 rescue-never-boots")]
    [InlineData("server 2938104 reset-silent times 3")]
    [InlineData("server any reset-silent chance 5% on reset-pressed")]
    [InlineData("server 2938104 power-lost write 40%")]
    [InlineData("server 2938104 disk-swapped on rescue-booted")]
    [InlineData("talos 2938104 apply-busy")]
    [InlineData("robot maintenance")]
    [InlineData("robot lose-reply times 2 of POST /reset/{server}")]
    [InlineData("robot silence")]
    [InlineData("robot answer 503 times 5")]
    [InlineData("api partition")]
    [InlineData("api unavailable times 10")]
    public void A_line_that_was_read_is_written_as_it_was(string line) => Assert.Equal(line, Read(line).ToString());

    [Theory]
    [InlineData("clock jump 2h", "clock jump 02:00:00")]
    [InlineData("clock jump -90s", "clock jump -00:01:30")]
    [InlineData("robot maintenance in 5m", "robot maintenance in 00:05:00")]
    public void Times_are_written_so_that_they_can_be_read_again(string line, string written)
    {
        Assert.Equal(written, Read(line).ToString());
        Assert.Equal(Read(line), Read(written));
    }

    [Fact]
    public void Every_fault_has_words_that_lead_back_to_it()
    {
        IEnumerable<LabFault> all =
        [
            .. Enum.GetValues<ServerFault>().Select(kind => new LabFault.OfServer(2938104, kind)),
            .. Enum.GetValues<TalosFault>().Select(kind => new LabFault.OfTalos(2938104, kind)),
            .. Enum.GetValues<RobotScenario>().Select(kind => new LabFault.OfRobot(kind)),
            .. Enum.GetValues<ApiFault>().Select(kind => new LabFault.OfApi(kind)),
        ];

        Assert.All(all, fault => Assert.Equal(new PlannedFault(fault, new FaultMoment.AtOnce()), Read(fault.ToString())));
    }

    [Theory]
    [InlineData("", "is no fault")]
    [InlineData("server 2938104", "is no fault")]
    [InlineData("server 2938104 catches-fire", "rescue-never-boots")]
    [InlineData("server first rescue-never-boots", "\"first\" is no server")]
    [InlineData("robot sulks", "maintenance")]
    [InlineData("api sulks", "partition")]
    [InlineData("robot maintenance in a-while", "wants a time")]
    [InlineData("server any power-lost write much", "wants a share")]
    [InlineData("server any power-lost chance 101% on reset-pressed", "wants a share")]
    [InlineData("server any power-lost on doomsday", "reset-pressed")]
    [InlineData("server 2938104 reset-silent times 0", "above 0")]
    public void A_line_that_makes_no_sense_is_answered_with_what_would(string line, string expected) =>
        Assert.Contains(expected, FaultText.Read(line).Failure?.Sentence, StringComparison.Ordinal);

    private static PlannedFault Read(string line)
    {
        var read = FaultText.Read(line);
        Assert.True(read.Succeeded, read.Failure?.Sentence);
        return read.Value;
    }
}
