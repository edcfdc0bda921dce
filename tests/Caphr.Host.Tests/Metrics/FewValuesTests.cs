using System.Globalization;
using Caphr.Host.Metrics;

namespace Caphr.Host.Tests.Metrics;

public sealed class FewValuesTests
{
    private readonly FewValues _values = new(most: 3);

    [Fact]
    public void However_many_values_there_are_only_so_many_are_told_apart_and_those_for_ever()
    {
        string[] first = ["RobotBusy", "RescueSilent", "NoDisks"];
        Assert.Equal(first, first.Select(_values.Of));

        Assert.Equal(["Other", "Other"], new[] { "ForeignData", "ResetsSpent" }.Select(_values.Of));
        Assert.Equal(first, first.Select(_values.Of));
    }

    [Theory]
    [InlineData("")]
    [InlineData("No such disk")]
    [InlineData("Disk2938101")]
    [InlineData("Disque\u00e9")]
    public void What_is_no_word_is_no_value_and_takes_no_place(string text)
    {
        Assert.Equal("Other", _values.Of(text));
        Assert.Equal("Other", _values.Of(new string('a', 51)));
        Assert.Equal(["A", "B", "C"], new[] { "A", "B", "C" }.Select(_values.Of));
    }

    [Fact]
    public void No_flood_of_reasons_becomes_a_flood_of_series()
    {
        using var host = new MeasuredHost();
        foreach (var number in Enumerable.Range(0, 2000)) host.Measures.StepRefused(string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('A' + digit - '0'))));
        Assert.InRange(host.Samples("caphr_steps_refused_total").Count, 100, 200);
    }
}
