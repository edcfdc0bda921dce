using Caphr.Host.Cli;
using Caphr.Host.Tests.Control;

namespace Caphr.Host.Tests.Cli;

public sealed class ScreenTests
{
    private static string[] Table(int? width, bool colours = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        new Screen(output, width, colours, Objects.Now).Table(["SERVER", "SAYS"], [[new Cell("1001", Tone.Good), "Waiting for the rescue system to boot, and then some."]]);
        return output.ToString().TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void A_table_that_goes_to_a_file_is_whole_and_plain() =>
        Assert.Equal(["SERVER  SAYS", "1001    Waiting for the rescue system to boot, and then some."], Table(width: null));

    [Fact]
    public void A_table_fits_the_terminal_and_the_last_column_gives_way() => Assert.Equal(["SERVER  SAYS", "1001    Waiting for the resc…"], Table(width: 29));

    [Fact]
    public void Colours_take_no_room()
    {
        Assert.Equal("\u001b[32m1001\u001b[0m    Waiting for the resc…", Table(width: 29, colours: true)[1]);
        Assert.DoesNotContain('\u001b', string.Concat(Table(width: 29)));
    }

    [Theory]
    [InlineData(40, "40s")]
    [InlineData(600, "10m")]
    [InlineData(36000, "10h")]
    [InlineData(864000, "10d")]
    public void A_time_is_told_in_the_unit_that_says_enough(int seconds, string told)
    {
        using var output = new StringWriter();
        var screen = new Screen(output, Width: null, HasColours: false, Objects.Now);
        Assert.Equal(told, screen.Ago(Objects.Now.AddSeconds(-seconds)));
        Assert.Equal($"in {told}", screen.In(Objects.Now.AddSeconds(seconds)));
    }
}
