namespace Caphr.Lab.Tests.Kubernetes;

public sealed class FaultTests
{
    [Fact]
    public async Task Dropped_watches_break_and_new_ones_are_served()
    {
        await using var lab = await LabSession.StartAsync();
        using var watch = await lab.WatchAsync(Samples.ConfigMaps);

        lab.Server.Faults.DropWatches();

        await Assert.ThrowsAnyAsync<IOException>(watch.NextAsync);
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        using var second = await lab.WatchAsync(Samples.ConfigMaps);
        Assert.Equal("ADDED one", await second.NextNameAsync());
    }

    [Fact]
    public async Task A_cut_network_answers_nobody_until_it_is_mended()
    {
        await using var lab = await LabSession.StartAsync();
        using var watch = await lab.WatchAsync(Samples.ConfigMaps);
        using (lab.Server.Faults.CutNetwork())
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => lab.GetAsync(Samples.ConfigMaps));
            await Assert.ThrowsAnyAsync<IOException>(watch.NextAsync);
        }

        (await lab.GetAsync(Samples.ConfigMaps)).Expect(200);
    }

    [Fact]
    public async Task As_many_requests_as_asked_for_are_answered_with_the_status()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.Faults.AnswerNext(2, 429, (method, _) => method == "GET", TimeSpan.FromSeconds(3));

        var first = (await lab.GetAsync(Samples.ConfigMaps)).Expect(429);
        (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"))).Expect(201);
        (await lab.GetAsync(Samples.ConfigMaps)).Expect(429);
        (await lab.GetAsync(Samples.ConfigMaps)).Expect(200);

        Assert.Equal(TimeSpan.FromSeconds(3), first.RetryAfter);
        Assert.Equal("TooManyRequests", first.Json["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_refused_write_was_not_carried_out()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.Faults.AnswerNext(1, 503);

        (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"))).Expect(503);

        (await lab.GetAsync(Samples.ConfigMaps + "/one")).Expect(404);
    }
}
