using Caphr.Protocols.MachineConfig.Yaml;

namespace Caphr.Protocols.Tests.MachineConfig.Yaml;

public sealed class YamlSpliceTests
{
    [Theory]
    [InlineData("a: 1\n", "b: new\na: 1\n", 0)]
    [InlineData("a: 1 # c\n", "a:   1\nb: new\n", 0)]
    [InlineData("a:\n", "a: {b: new}\n", 1)]
    [InlineData("- x\n", "- new\n- x\n", 0)]
    [InlineData("a: 1\n", "a: 1\n---\nb: new\n", 0)]
    [InlineData("a: old\n", "a: new\n", 1)]
    public void An_edit_that_adds_what_was_meant_is_clean(string before, string after, int replaced) =>
        Assert.True(YamlSplice.IsClean(before, after, new YamlValue.Word("new"), replaced));

    [Theory]
    [InlineData("a: 1\nc: 3\n", "b: new\na: 1\n", 0)]
    [InlineData("a: 1\n", "b: other\na: 1\n", 0)]
    [InlineData("a: '1'\n", "b: new\na: 1\n", 0)]
    [InlineData("a: &x 1\n", "b: new\na: 1\n", 0)]
    [InlineData("a: !!str 1\n", "b: new\na: 1\n", 0)]
    [InlineData("a: 1\n", "b: new\na: 1\nc: new\nd: 2\ne: &y\n", 1)]
    [InlineData("a: 1\n", "b: [new\na: 1\n", 0)]
    [InlineData("a: {b: 1}\nc: 2\n", "a: {b: new}\nc: 3\n", 1)]
    public void An_edit_that_does_anything_else_is_not(string before, string after, int replaced) =>
        Assert.False(YamlSplice.IsClean(before, after, new YamlValue.Word("new"), replaced));

    [Fact]
    public void An_anchor_is_in_use_where_something_refers_to_it()
    {
        Assert.True(YamlSplice.IsAliased("a: &x {}\nb: *x\n", new("x")));
        Assert.False(YamlSplice.IsAliased("a: &x {}\nb: '*x'\n", new("x")));
    }
}
