using Caphr.Protocols.MachineConfig;

namespace Caphr.Protocols.Tests.MachineConfig;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("a\nb\n", "a\nb\n", "")]
    [InlineData("a\r\nb\r\n", "a\nb\n", "")]
    [InlineData("a\nb\n", "a\nx\nb\n", "  a\n+ x\n  b\n")]
    [InlineData("a\nb\nc\n", "a\nc\n", "  a\n- b\n  c\n")]
    [InlineData("a\nold\nc\n", "a\nnew\nc\n", "  a\n- old\n+ new\n  c\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "+ 0\n  1\n  2\n  3\n…\n  7\n  8\n  9\n+ 10\n")]
    public void Changed_lines_are_shown_with_their_neighbours(string before, string after, string diff) => Assert.Equal(diff, LineDiff.Between(before, after));

    [Fact]
    public void A_diff_adds_up_to_both_texts() => Assert.All(GoldenCase.All.Where(golden => golden.Expected is not null), golden =>
    {
        var diff = LineDiff.Between(golden.Input, golden.Expected!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var added = diff.Count(line => line[0] == '+') - diff.Count(line => line[0] == '-');
        Assert.Equal(golden.Expected!.Count(character => character == '\n') - golden.Input.Count(character => character == '\n'), added);
    });
}
