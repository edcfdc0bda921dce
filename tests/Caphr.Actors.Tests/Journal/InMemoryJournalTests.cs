using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Journal;

public sealed class InMemoryJournalTests : JournalConformance
{
    protected override Task<IJournal> OpenAsync() => Task.FromResult<IJournal>(new InMemoryJournal());

    protected override Task CloseAsync() => Task.CompletedTask;
}
