using System.Globalization;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab;
using Caphr.Protocols.Tests;

namespace Caphr.EndToEnd.Tests.Newcomer;

/// <summary>Somebody who has only README.md: what it says to type is typed, and what it shows is what comes.</summary>
public sealed partial class NewcomerTests
{
    // These tests run from what was built, and other labs run beside them.
    private static readonly Dictionary<string, string> s_surroundings = new()
    {
        ["BUILT"] = "1",
        ["CONFIGURATION"] = new DirectoryInfo(AppContext.BaseDirectory).Name == "debug" ? "Debug" : "Release",
        ["ARGS"] = string.Create(CultureInfo.InvariantCulture, $"--port-base {PortBase()}"),
    };

    [Fact]
    public async Task Whoever_types_what_the_README_says_sees_what_it_shows()
    {
        var terminals = ReadmeScript.Terminals(Checkout.Read("README.md"));
        var demo = Assert.Single(terminals[0]);
        Assert.Equal("make demo", demo.Command);
        using var first = Terminal.Open(demo.Command, s_surroundings);
        var look = await first.EventuallyAsync("where to look in from", LookIn());

        await first.EventuallyAsync("the first server", FirstServer());
        foreach (var shown in terminals.Skip(1).SelectMany(terminal => terminal))
        {
            // The one thing that is another one each time is where the demo keeps its files.
            var command = shown.Command.StartsWith("source ", StringComparison.Ordinal) ? look : $"{look} && {shown.Command}";
            // A person sees all of that before they think of taking a server back.
            if (shown.Command.Contains(" delete ", StringComparison.Ordinal)) await first.EventuallyAsync(demo, "README.md");
            using var second = Terminal.Open(command, s_surroundings);
            var exit = await second.EndAsync();
            Assert.True(exit == 0, $"README.md:{shown.Line}: {shown.Command} ended with {exit}:\n{second.Text}");
            second.AssertPrinted(shown, "README.md");
        }

        first.Interrupt();
        await first.EndAsync();
        first.AssertPrinted(demo, "README.md");
    }

    [Theory]
    [InlineData("  12.3s  2938101 Installing", "   1.0s  2938101 Installing", true)]
    [InlineData("server-1   14s   Available", "server-1 1m3s Available", true)]
    [InlineData("2938101 Available", "2938102 Available", false)]
    [InlineData("Running Talos v1.12.4.", "Running Talos v1.13.0.", false)]
    [InlineData("written: … MB", "written: 20 of 30 MB", true)]
    [InlineData("6 servers", "6 server", false)]
    [InlineData("a", "a b", false)]
    public void A_line_matches_one_that_differs_in_numbers_times_and_blanks_only(string shown, string printed, bool matches) =>
        Assert.Equal(matches, Printed.Pattern(shown).IsMatch(printed));

    [Fact]
    public void Lines_that_are_shown_are_printed_in_their_order_and_nothing_between_them_unless_it_is_shown()
    {
        Assert.Null(Printed.Missing(["a", "b"], ["a", "b", ""]));
        Assert.Equal("b", Printed.Missing(["a", "b"], ["a", "c", "b"]));
        Assert.Null(Printed.Missing(["a", "…", "b"], ["a", "c", "b"]));
        Assert.Equal("a", Printed.Missing(["…", "b", "…", "a"], ["a", "b"]));
        Assert.Equal("nothing more, and there is: c", Printed.Missing(["a"], ["a", "c"]));
    }

    [Fact]
    public void A_page_has_a_terminal_for_each_block_and_what_is_no_block_of_one_is_left_alone()
    {
        var terminals = ReadmeScript.Terminals("text\n```console\n$ one   # a remark\nprints\n$ two\n```\n```sh\n$ no\n```\n```console\n$ three\n```\n");
        Assert.Equal([["one", "two"], ["three"]], terminals.Select(terminal => terminal.Select(shown => shown.Command)));
        Assert.Equal(["prints"], terminals[0][0].Output);
    }

    [GeneratedRegex("s  2938101 ")]
    private static partial Regex FirstServer();

    [GeneratedRegex("source (/.*/env)")]
    private static partial Regex LookIn();

    /// <summary>Rescue and Talos listen on the servers' own addresses, which nobody else has.</summary>
    private static int PortBase()
    {
        var of = DatacenterPorts.From(0);
        return FreePort.TakeBase(of.Kubernetes, of.Robot, of.Factory);
    }
}
