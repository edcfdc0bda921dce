using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

/// <summary>What every store of leases has to do. A store proves itself by inheriting this suite.</summary>
public abstract class LeasesConformance : IAsyncLifetime
{
    private static readonly CancellationToken s_never = CancellationToken.None;
    private static readonly Member s_first = new("caphr-0.5f3a9c1e", "0123456789abcdef0123456789abcdef", TimeSpan.FromSeconds(15));
    private static readonly Member s_second = new("caphr-1.00000001", "b3a8d1c2-7d7f-4a53-9d4b-5a0f8f1f2a33", TimeSpan.FromSeconds(7));

    private IMemberLeases? _leases;

    protected IMemberLeases Leases => _leases ?? throw new InvalidOperationException("The store is not open yet.");

    /// <summary>A store without leases.</summary>
    protected abstract Task<IMemberLeases> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => _leases = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task Every_member_is_listed_as_it_described_itself()
    {
        Assert.Null((await Leases.RenewAsync(s_first, s_never)).WhyNot);
        Assert.Null((await Leases.RenewAsync(s_second, s_never)).WhyNot);

        var listed = await Leases.ListAsync(s_never);

        Assert.Null(listed.WhyNot);
        Assert.Equal([s_first, s_second], listed.Leases.Select(lease => lease.Member).OrderBy(member => member.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_renewal_leaves_another_mark_and_nobody_elses_changes()
    {
        await Leases.RenewAsync(s_second, s_never);
        var marks = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await Leases.RenewAsync(s_first, s_never);
            marks.Add(await MarkOfAsync(s_first));
        }

        Assert.Equal(3, marks.Distinct().Count());
        var others = await MarkOfAsync(s_second);
        await Leases.RenewAsync(s_first, s_never);
        Assert.Equal(others, await MarkOfAsync(s_second));
    }

    [Fact]
    public async Task Without_a_renewal_the_mark_stays()
    {
        await Leases.RenewAsync(s_first, s_never);

        Assert.Equal(await MarkOfAsync(s_first), await MarkOfAsync(s_first));
    }

    [Fact]
    public async Task A_lease_taken_away_is_gone_until_it_is_renewed()
    {
        await Leases.RenewAsync(s_first, s_never);

        Assert.Null((await Leases.RemoveAsync(s_first.Name, s_never)).WhyNot);
        Assert.Empty((await Leases.ListAsync(s_never)).Leases);

        Assert.Null((await Leases.RenewAsync(s_first, s_never)).WhyNot);
        Assert.Single((await Leases.ListAsync(s_never)).Leases);
    }

    [Fact]
    public async Task Taking_away_what_is_not_there_is_no_trouble() => Assert.Null((await Leases.RemoveAsync("nobody", s_never)).WhyNot);

    private async Task<string> MarkOfAsync(Member member) => (await Leases.ListAsync(s_never)).Leases.Single(lease => lease.Member == member).Mark;
}
