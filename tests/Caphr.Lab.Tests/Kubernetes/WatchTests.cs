using System.Globalization;

namespace Caphr.Lab.Tests.Kubernetes;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_from_a_version_tells_only_what_came_after_it()
    {
        await using var lab = await LabSession.StartAsync();
        var first = await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("two"));

        using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?resourceVersion={first.Version}");
        Assert.Equal("ADDED two", await watch.NextNameAsync());
        await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "data": { "b": "2" } }""");
        Assert.Equal("MODIFIED one", await watch.NextNameAsync());
        await lab.DeleteAsync(Samples.ConfigMaps + "/two");
        Assert.Equal("DELETED two", await watch.NextNameAsync());
    }

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_is_there()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));

        using var watch = await lab.WatchAsync(Samples.ConfigMaps);

        Assert.Equal("ADDED one", await watch.NextNameAsync());
    }

    [Fact]
    public async Task A_deletion_carries_its_own_version()
    {
        await using var lab = await LabSession.StartAsync();
        var created = await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?resourceVersion={created.Version}");

        await lab.DeleteAsync(Samples.ConfigMaps + "/one");

        var deleted = (await watch.NextAsync())!.Value;
        Assert.True(Number(deleted.Object["metadata"]!["resourceVersion"]!.GetValue<string>()) > Number(created.Version));
    }

    [Fact]
    public async Task Changes_of_other_namespaces_and_kinds_are_not_told()
    {
        await using var lab = await LabSession.StartAsync();
        using var watch = await lab.WatchAsync(Samples.ConfigMaps);

        await lab.PostAsync("/api/v1/namespaces/kube-system/configmaps", Samples.ConfigMap("elsewhere"));
        await lab.PostAsync(Samples.Secrets, """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "other-kind" } }""");
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("here"));

        Assert.Equal("ADDED here", await watch.NextNameAsync());
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_told_as_deleted_and_as_added_when_it_returns()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one", metadata: "\"labels\": { \"color\": \"red\" }"));
        using var watch = await lab.WatchAsync(Samples.ConfigMaps + "?labelSelector=color%3Dred");
        Assert.Equal("ADDED one", await watch.NextNameAsync());

        await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "metadata": { "labels": { "color": "blue" } } }""");
        Assert.Equal("DELETED one", await watch.NextNameAsync());
        await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "data": { "b": "unseen" } }""");
        await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "metadata": { "labels": { "color": "red" } } }""");
        Assert.Equal("ADDED one", await watch.NextNameAsync());
    }

    [Fact]
    public async Task A_version_older_than_the_history_is_gone()
    {
        await using var lab = await LabSession.StartAsync();
        var created = await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("two"));
        lab.Server.CompactHistory();

        using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?resourceVersion={created.Version}");

        var gone = (await watch.NextAsync())!.Value;
        Assert.Equal("ERROR", gone.Type);
        Assert.Equal(410, gone.Object["code"]!.GetValue<int>());
        Assert.Equal("Expired", gone.Object["reason"]!.GetValue<string>());
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_full_history_forgets_its_oldest_changes()
    {
        await using var lab = await LabSession.StartAsync(options => options with { HistoryLimit = 10 });
        var created = await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        for (var i = 0; i < 12; i++) await lab.PatchAsync(Samples.ConfigMaps + "/one", $$"""{ "data": { "n": "{{i}}" } }""");

        using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?resourceVersion={created.Version}");

        Assert.Equal("ERROR", (await watch.NextAsync())!.Value.Type);
    }

    [Fact]
    public async Task A_quiet_watch_gets_bookmarks_when_it_asked_for_them()
    {
        await using var lab = await LabSession.StartAsync(options => options with { BookmarkInterval = TimeSpan.FromMilliseconds(20) });
        using var watch = await lab.WatchAsync(Samples.ConfigMaps + "?allowWatchBookmarks=true");
        // Another kind moves the version on; the bookmark must bring it along.
        var elsewhere = await lab.PostAsync(Samples.Secrets, """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" } }""");

        (string Type, System.Text.Json.Nodes.JsonNode Object) bookmark;
        do bookmark = (await watch.NextAsync())!.Value;
        while (bookmark.Type == "BOOKMARK" && bookmark.Object["metadata"]!["resourceVersion"]!.GetValue<string>() != elsewhere.Version);

        Assert.Equal("BOOKMARK", bookmark.Type);
        Assert.Equal("ConfigMap", bookmark.Object["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Initial_events_end_with_a_marked_bookmark()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));

        using var watch = await lab.WatchAsync(Samples.ConfigMaps + "?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");

        Assert.Equal("ADDED one", await watch.NextNameAsync());
        var end = (await watch.NextAsync())!.Value;
        Assert.Equal("BOOKMARK", end.Type);
        Assert.Equal("true", end.Object["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_watch_ends_by_itself_after_its_timeout()
    {
        await using var lab = await LabSession.StartAsync();

        using var watch = await lab.WatchAsync(Samples.ConfigMaps + "?timeoutSeconds=1");

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_watched_table_has_its_headings_once()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));
        await lab.PostAsync(Samples.Boxes, Samples.Box("two", "\"serverID\": 8"));

        using var watch = await lab.WatchAsync(Samples.Boxes, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        var first = (await watch.NextAsync())!.Value.Object;
        var second = (await watch.NextAsync())!.Value.Object;
        Assert.Equal("Table", first["kind"]!.GetValue<string>());
        Assert.Equal(5, first["columnDefinitions"]!.AsArray().Count);
        Assert.Empty(second["columnDefinitions"]!.AsArray());
        Assert.Equal(8, second["rows"]![0]!["cells"]![1]!.GetValue<int>());
    }

    [Fact]
    public async Task A_resumed_watch_misses_and_repeats_nothing_under_churn()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        var version = (await lab.GetAsync(Samples.ConfigMaps)).Version;
        var churn = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) (await lab.PatchAsync(Samples.ConfigMaps + "/one", $$"""{ "data": { "n": "{{i}}" } }""")).Expect(200);
        });

        var seen = new List<int>();
        while (seen.Count < 200)
        {
            using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?resourceVersion={version}");
            for (var i = 0; i < 17 && seen.Count < 200; i++)
            {
                var found = (await watch.NextAsync())!.Value;
                seen.Add(int.Parse(found.Object["data"]!["n"]!.GetValue<string>(), CultureInfo.InvariantCulture));
                version = found.Object["metadata"]!["resourceVersion"]!.GetValue<string>();
            }
        }

        await churn;
        Assert.Equal(Enumerable.Range(0, 200), seen);
    }

    private static long Number(string version) => long.Parse(version, CultureInfo.InvariantCulture);
}
