using System.Security.Cryptography;
using System.Text;
using Caphr.Host.Diagnostics;
using Caphr.Host.Tests.Control;

namespace Caphr.Host.Tests.Diagnostics;

public sealed class JournalFileTests
{
    private static readonly IReadOnlyList<StoredEvent> s_events =
    [
        new(1, "server-1", 1, "server.identified", 1, Objects.Now, """{"record":{"address":"192.0.2.1"}}"""),
        new(2, "server-2", 1, "server.identified", 1, Objects.Now, """{"text":"line\nbreak, \"quotes\" and ümlauts"}"""),
        new(5, "server-1", 2, "server.work-paused", 3, Objects.Now.AddSeconds(1), "{}"),
    ];

    private static List<string> Written()
    {
        var writer = new JournalFile.Writer("journal-1");
        return [writer.Head(), .. s_events.Select(writer.Event), writer.End()];
    }

    [Fact]
    public void What_was_written_is_read() => Assert.Equal(s_events, JournalFile.Read("copy", Written()).Value);

    [Fact]
    public void A_letter_that_was_changed_anywhere_is_found_and_the_line_is_named()
    {
        var whole = Written();
        for (var line = 0; line < whole.Count; line++)
        {
            for (var letter = 0; letter < whole[line].Length; letter += 3)
            {
                var lines = new List<string>(whole) { [line] = string.Concat(whole[line].AsSpan(0, letter), whole[line][letter] == 'a' ? "b" : "a", whole[line].AsSpan(letter + 1)) };
                var failure = JournalFile.Read("copy", lines).Failure;
                Assert.StartsWith($"copy:{line + 1} ", failure?.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_line_that_is_missing_moved_or_repeated_is_found()
    {
        var whole = Written();
        for (var line = 0; line < whole.Count; line++)
        {
            Assert.NotNull(JournalFile.Read("copy", whole.Where((_, index) => index != line)).Failure);
            Assert.NotNull(JournalFile.Read("copy", [.. whole[..line], whole[line], .. whole[line..]]).Failure);
            if (line > 0) Assert.NotNull(JournalFile.Read("copy", [.. whole[..(line - 1)], whole[line], whole[line - 1], .. whole[(line + 1)..]]).Failure);
        }
    }

    [Fact]
    public void A_file_that_was_cut_off_says_so() =>
        Assert.Equal("copy has no end: it was cut off behind line 3.", JournalFile.Read("copy", Written().Take(3)).Failure?.Message);

    [Fact]
    public void A_history_with_a_gap_is_not_believed()
    {
        var writer = new JournalFile.Writer("journal-1");
        string[] lines = [writer.Head(), writer.Event(s_events[2]), writer.End()];
        Assert.Equal("copy:2 is event 2 of server-1, of which 0 are here before it. Nothing was imported.", JournalFile.Read("copy", lines).Failure?.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_line_with_the_right_checksum_may_still_be_no_event(string text)
    {
        var head = Written()[0];
        var sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{head[..32]}\n{text}")))[..32];
        Assert.Equal("copy:2 is no event. Nothing was imported.", JournalFile.Read("copy", [head, $"{sum} {text}"]).Failure?.Message);
    }

    [Fact]
    public void Something_else_is_no_journal() => Assert.Equal("copy:1 is not the beginning of a journal. Nothing was imported.", JournalFile.Read("copy", ["apiVersion: v1"]).Failure?.Message);
}
