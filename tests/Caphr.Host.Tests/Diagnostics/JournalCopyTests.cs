using System.Runtime.Versioning;
using Caphr.Actors.Journal;
using Caphr.Host.Diagnostics;
using Caphr.Host.Journals;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Diagnostics;

/// <summary>From a running host to a file, and from there into a new journal.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class JournalCopyTests
{
    [Fact]
    public async Task A_journal_that_was_exported_and_imported_tells_the_same()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var (exit, _, error) = await desk.CaphrAsync("journal", "export", desk.File("copy"));
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(desk.File("copy")));
        Assert.False(File.Exists(desk.File("copy.part")));

        var (imported, said, why) = await DeskUnderTest.RunAsync("journal", "import", desk.File("copy"), "--data-dir", desk.File("new"));
        Assert.Equal((0, ""), (imported, why));
        Assert.StartsWith($"{FrozenStory.Servers.Values.Sum(events => events.Count)} events of {FrozenStory.Servers.Count} actors are in ", said, StringComparison.Ordinal);

        await using var journal = SqliteJournal.Open(Path.Combine(desk.File("new"), "journal.db")).Value;
        foreach (var number in FrozenStory.Servers.Keys)
        {
            var before = (await desk.Journal.ReadAsync($"server-{number}", CancellationToken.None)).Value.Events;
            var after = (await journal.ReadAsync($"server-{number}", CancellationToken.None)).Value.Events;
            Assert.Equal(before.Select(record => (record.Sequence, record.Entry)), after.Select(record => (record.Sequence, record.Entry)));
        }

        Assert.All((await journal.ReadClaimsAsync(CancellationToken.None)).Value, claim => Assert.Null(claim.Owner));
    }

    [Fact]
    public async Task A_journal_that_holds_anything_is_left_as_it_is()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var refused = await JournalImport.RunAsync(desk.Store, [new StoredEvent(1, "server-5", 1, "server.released", 1, default, "{}")], new Progress<long>(), CancellationToken.None);
        Assert.Equal("The journal in memory holds events already: a journal is imported into an empty one only.", refused.Failure?.Message);
        Assert.Empty((await desk.Journal.ReadAsync("server-5", CancellationToken.None)).Value.Events);
    }

    [Fact]
    public async Task A_journal_that_a_replica_works_with_is_left_to_it()
    {
        await using var desk = new DeskUnderTest();
        await desk.Journal.ClaimAsync(new ShardClaim(0, 1, "caphr-7.1"), CancellationToken.None);
        var refused = await JournalImport.RunAsync(desk.Store, [new StoredEvent(1, "server-5", 1, "server.released", 1, default, "{}")], new Progress<long>(), CancellationToken.None);
        Assert.Equal("Replica caphr-7.1 works with the journal in memory: stop all hosts before a journal is imported.", refused.Failure?.Message);
    }

    [Fact]
    public async Task A_damaged_copy_is_refused_before_anything_is_written()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        await desk.CaphrAsync("journal", "export", desk.File("copy"));
        var lines = await File.ReadAllLinesAsync(desk.File("copy"));
        await File.WriteAllLinesAsync(desk.File("copy"), lines[..^1]);

        var (exit, _, error) = await DeskUnderTest.RunAsync("journal", "import", desk.File("copy"), "--data-dir", desk.File("new"));
        Assert.Equal(1, exit);
        Assert.Contains("has no end", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(desk.File("new")));
    }

    [Fact]
    public async Task The_size_of_a_journal_is_told()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var (_, output, _) = await desk.CaphrAsync("journal", "stat");
        Assert.Matches($@"(?m)^events +{FrozenStory.Servers.Values.Sum(events => events.Count)}$", output);
        Assert.Matches($@"(?m)^actors +{FrozenStory.Servers.Count}$", output);
    }
}
