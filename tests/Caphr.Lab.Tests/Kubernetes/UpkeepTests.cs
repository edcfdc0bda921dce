namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>What the server does on its own: garbage collection, and emptying what is being deleted.</summary>
public sealed class UpkeepTests
{
    [Fact]
    public async Task Dependents_go_after_their_owner_and_others_stay()
    {
        await using var lab = await LabSession.StartAsync();
        var owner = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("owner"))).Json;
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("child", metadata: Samples.OwnedBy(owner)));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("stranger"));

        await lab.DeleteAsync(Samples.ConfigMaps + "/owner");

        await lab.UntilAsync(Samples.ConfigMaps + "/child", 404);
        (await lab.GetAsync(Samples.ConfigMaps + "/stranger")).Expect(200);
    }

    [Fact]
    public async Task A_dependent_with_another_living_owner_stays_and_forgets_the_dead_one()
    {
        await using var lab = await LabSession.StartAsync();
        var dying = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("dying"))).Json;
        var living = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("living"))).Json;
        var both = Samples.OwnedBy(dying).Replace("}]", "}, " + Samples.OwnedBy(living).Split('[')[1], StringComparison.Ordinal);
        var child = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("child", metadata: both))).Expect(201);
        using var watch = await lab.WatchAsync($"{Samples.ConfigMaps}?fieldSelector=metadata.name%3Dchild&resourceVersion={child.Version}");

        await lab.DeleteAsync(Samples.ConfigMaps + "/dying");

        var change = (await watch.NextAsync())!.Value;
        Assert.Equal("MODIFIED", change.Type);
        Assert.Equal("living", Assert.Single(change.Object["metadata"]!["ownerReferences"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_foreground_deletion_waits_for_dependents_that_block_it()
    {
        await using var lab = await LabSession.StartAsync();
        var owner = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("owner"))).Json;
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("child", metadata: "\"finalizers\": [\"lab.example.com/wait\"], " + Samples.OwnedBy(owner, blocking: true)));

        var marked = (await lab.DeleteAsync(Samples.ConfigMaps + "/owner?propagationPolicy=Foreground")).Expect(200).Json;
        Assert.Equal("foregroundDeletion", marked["metadata"]!["finalizers"]![0]!.GetValue<string>());
        using (var watch = await lab.WatchAsync(Samples.ConfigMaps + "?fieldSelector=metadata.name%3Dchild"))
        {
            while ((await watch.NextAsync())!.Value.Object["metadata"]!["deletionTimestamp"] is null) { }
        }

        (await lab.GetAsync(Samples.ConfigMaps + "/owner")).Expect(200);
        await lab.PatchAsync(Samples.ConfigMaps + "/child", """{ "metadata": { "finalizers": null } }""");
        await lab.UntilAsync(Samples.ConfigMaps + "/owner", 404);
    }

    [Fact]
    public async Task An_orphaning_deletion_leaves_the_dependents_without_an_owner()
    {
        await using var lab = await LabSession.StartAsync();
        var owner = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("owner"))).Json;
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("child", metadata: Samples.OwnedBy(owner)));

        await lab.DeleteAsync(Samples.ConfigMaps + "/owner?propagationPolicy=Orphan");
        await lab.UntilAsync(Samples.ConfigMaps + "/owner", 404);

        Assert.Null((await lab.GetAsync(Samples.ConfigMaps + "/child")).Expect(200).Json["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task A_namespace_empties_itself_waits_for_finalizers_and_takes_nothing_new()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.Namespaces, Samples.Namespace("ns"));
        const string Inside = "/api/v1/namespaces/ns/configmaps";
        await lab.PostAsync(Inside, Samples.ConfigMap("plain"));
        await lab.PostAsync(Inside, Samples.ConfigMap("held", metadata: "\"finalizers\": [\"lab.example.com/wait\"]"));

        (await lab.DeleteAsync(Samples.Namespaces + "/ns")).Expect(200);
        await lab.UntilAsync(Inside + "/plain", 404);

        Assert.Equal("Terminating", (await lab.GetAsync(Samples.Namespaces + "/ns")).Expect(200).Json["status"]!["phase"]!.GetValue<string>());
        Assert.Contains("because it is being terminated", (await lab.PostAsync(Inside, Samples.ConfigMap("late"))).Expect(403).Message, StringComparison.Ordinal);
        await lab.PatchAsync(Inside + "/held", """{ "metadata": { "finalizers": null } }""");
        await lab.UntilAsync(Samples.Namespaces + "/ns", 404);
    }

    [Fact]
    public async Task A_deleted_definition_takes_its_objects_along()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        await lab.DeleteAsync(Samples.Definitions + "/boxes.lab.example.com");
        await lab.UntilAsync(Samples.Definitions + "/boxes.lab.example.com", 404);

        (await lab.GetAsync(Samples.Boxes)).Expect(404);
        (await lab.PostAsync(Samples.Definitions, Samples.Definition)).Expect(201);
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(404);
    }

    [Fact]
    public async Task Collection_goes_on_after_the_history_was_compacted()
    {
        await using var lab = await LabSession.StartAsync();
        var owner = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("owner"))).Json;
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("child", metadata: Samples.OwnedBy(owner)));

        lab.Server.CompactHistory();
        await lab.DeleteAsync(Samples.ConfigMaps + "/owner");
        lab.Server.CompactHistory();

        await lab.UntilAsync(Samples.ConfigMaps + "/child", 404);
    }
}
