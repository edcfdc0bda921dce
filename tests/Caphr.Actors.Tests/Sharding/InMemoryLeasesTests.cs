using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

public sealed class InMemoryLeasesTests : LeasesConformance
{
    protected override Task<IMemberLeases> OpenAsync() => Task.FromResult<IMemberLeases>(new InMemoryLeases());

    protected override Task CloseAsync() => Task.CompletedTask;
}
