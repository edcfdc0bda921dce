using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>Watches: every change once and in order, from where the client left off.</summary>
public sealed class WatchTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task A_watch_from_a_list_tells_what_happened_after_it()
    {
        await NewWidgetAsync("before");
        var list = (await Api.GetAsync(WidgetPath)).Is(200);
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={list.Version}");

        await NewWidgetAsync("one");
        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "size": 8 } }""")).Is(200);
        (await Api.DeleteAsync($"{WidgetPath}/one")).Is(200);

        Assert.Equal(["ADDED one", "MODIFIED one", "DELETED one"], [await feed.NextChangeAsync(), await feed.NextChangeAsync(), await feed.NextChangeAsync()]);
    }

    [Fact]
    public async Task A_watch_that_is_resumed_misses_nothing_and_repeats_nothing()
    {
        var list = (await Api.GetAsync(WidgetPath)).Is(200);
        foreach (var name in (string[])["a", "b", "c"]) await NewWidgetAsync(name);
        WatchedEvent first;
        using (var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={list.Version}")) first = (await feed.NextAsync())!;

        using var resumed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={first.Version}");

        Assert.Equal("a", first.Name);
        Assert.Equal(["ADDED b", "ADDED c"], [await resumed.NextChangeAsync(), await resumed.NextChangeAsync()]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?resourceVersion=0")]
    public async Task A_watch_from_nowhere_begins_with_what_is_there(string query)
    {
        await NewWidgetAsync("one");

        using var feed = await Api.WatchAsync(WidgetPath + query);

        Assert.Equal("ADDED one", await feed.NextChangeAsync());
    }

    [Fact]
    public async Task An_event_carries_the_whole_object()
    {
        var created = await NewWidgetAsync("one");

        using var feed = await Api.WatchAsync(WidgetPath);

        Assert.True(JsonNode.DeepEquals(created.Json, (await feed.NextAsync())!.Item));
    }

    [Fact]
    public async Task The_last_event_of_an_object_carries_its_last_state_and_a_later_version()
    {
        var created = await NewWidgetAsync("one");
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={created.Version}");

        (await Api.DeleteAsync($"{WidgetPath}/one")).Is(200);

        var deleted = (await feed.NextAsync())!;
        Assert.Equal(("DELETED", created.Uid), (deleted.Type, deleted.Item["metadata"]!["uid"]!.GetValue<string>()));
        Assert.Equal(7, deleted.Item["spec"]!["size"]!.GetValue<int>());
        Assert.NotEqual(created.Version, deleted.Version);
    }

    [Fact]
    public async Task What_comes_into_a_selection_is_added_and_what_leaves_it_is_deleted()
    {
        await NewWidgetAsync("one");
        var list = (await Api.GetAsync(WidgetPath)).Is(200);
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={list.Version}&labelSelector=on%3Dyes");

        foreach (var labels in (string[])["{ \"on\": \"yes\" }", "{ \"also\": \"this\" }", "{ \"on\": \"no\" }", "{ \"on\": \"yes\" }"])
        {
            (await Api.MergeAsync($"{WidgetPath}/one", $$"""{ "metadata": { "labels": {{labels}} } }""")).Is(200);
        }

        Assert.Equal(
            ["ADDED one", "MODIFIED one", "DELETED one", "ADDED one"],
            [await feed.NextChangeAsync(), await feed.NextChangeAsync(), await feed.NextChangeAsync(), await feed.NextChangeAsync()]);
    }

    [Fact]
    public async Task One_object_can_be_watched_alone()
    {
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={(await Api.GetAsync(WidgetPath)).Version}&fieldSelector=metadata.name%3Dtwo");

        await NewWidgetAsync("one");
        await NewWidgetAsync("two");

        Assert.Equal("ADDED two", await feed.NextChangeAsync());
    }

    [Fact]
    public async Task A_watch_of_a_namespace_does_not_hear_of_others()
    {
        var other = await Cluster.NewNamespaceAsync();
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={(await Api.GetAsync(WidgetPath)).Version}");

        (await Api.PostAsync(WidgetPath.Replace(Space, other, StringComparison.Ordinal), Widget("there"))).Is(201);
        await NewWidgetAsync("here");

        Assert.Equal("ADDED here", await feed.NextChangeAsync());
    }

    [Fact]
    public async Task A_watch_ends_in_good_order_when_its_time_is_over()
    {
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={(await Api.GetAsync(WidgetPath)).Version}&timeoutSeconds=1");

        Assert.Equal("end", await feed.NextChangeAsync());
    }

    [Fact]
    public async Task Who_asks_for_bookmarks_gets_versions_to_resume_from()
    {
        var before = (await Api.GetAsync(WidgetPath)).Is(200);
        // Any server sends one shortly before a watch ends; ours sooner.
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={before.Version}&allowWatchBookmarks=true&timeoutSeconds=5");
        await NewWidgetAsync("one");
        Assert.Equal("ADDED one", await feed.NextChangeAsync());

        var bookmark = await feed.NextBookmarkAsync();

        Assert.Equal("Widget", bookmark.Item["kind"]!.GetValue<string>());
        using var resumed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={bookmark.Version}");
        await NewWidgetAsync("two");
        Assert.Equal("ADDED two", await resumed.NextChangeAsync());
    }

    [Fact]
    public async Task Who_does_not_ask_for_bookmarks_gets_none()
    {
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={(await Api.GetAsync(WidgetPath)).Version}&timeoutSeconds=2");

        Assert.Null(await feed.NextAsync());
    }

    [Fact]
    public async Task A_list_can_come_as_a_watch_that_says_when_it_is_complete()
    {
        // On by default in 1.32, off again in 1.33, and on since; where it is off, who asks is told so.
        if (Cluster.Minor is not (32 or >= 34))
        {
            (await Api.GetAsync($"{WidgetPath}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan")).Refused(422, "Invalid");
            return;
        }

        await NewWidgetAsync("one");
        using var feed = await Api.WatchAsync($"{WidgetPath}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        var first = (await feed.NextAsync())!;
        var mark = (await feed.NextAsync())!;

        Assert.Equal(("ADDED", "one"), (first.Type, first.Name));
        Assert.Equal("BOOKMARK", mark.Type);
        Assert.Equal("true", mark.Item["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
    }

    [Fact]
    public async Task Initial_events_are_asked_for_in_full_or_not_at_all()
    {
        (await Api.GetAsync($"{WidgetPath}?watch=true&sendInitialEvents=true")).Refused(422, "Invalid");
        (await Api.GetAsync($"{WidgetPath}?watch=true&resourceVersionMatch=NotOlderThan")).Refused(422, "Invalid");
    }

    [Fact]
    public async Task A_version_from_before_the_server_can_remember_is_gone()
    {
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion=1");

        var told = (await feed.NextAsync())!;

        Assert.Equal("ERROR", told.Type);
        Assert.Equal(("Status", 410), (told.Item["kind"]!.GetValue<string>(), told.Item["code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_version_that_is_no_version_is_refused() => (await Api.GetAsync($"{WidgetPath}?watch=true&resourceVersion=x")).Is(400, 422);

    [Fact]
    public async Task Metadata_can_be_watched_alone()
    {
        await NewWidgetAsync("one");
        using var feed = await Api.WatchAsync(WidgetPath, KubeApi.MetadataOnly);

        var added = (await feed.NextAsync())!;

        Assert.Equal(("ADDED", "PartialObjectMetadata"), (added.Type, added.Item["kind"]!.GetValue<string>()));
        Assert.Null(added.Item["spec"]);
    }
}
