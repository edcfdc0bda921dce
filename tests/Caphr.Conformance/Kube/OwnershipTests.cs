namespace Caphr.Conformance.Kube;

/// <summary>Owner references: what depends on an object goes with it, before it, or not at all.</summary>
public sealed class OwnershipTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task What_is_owned_follows_its_owner()
    {
        var owner = await NewWidgetAsync("owner");
        await NewConfigMapAsync("owned", metadata: OwnedBy(owner));
        await NewConfigMapAsync("free");

        (await Api.DeleteAsync($"{WidgetPath}/owner")).Is(200);

        await Api.UntilGoneAsync($"{ConfigMapPath}/owned");
        (await Api.GetAsync($"{ConfigMapPath}/free")).Is(200);
    }

    [Fact]
    public async Task Ownership_reaches_through_generations()
    {
        var owner = await NewWidgetAsync("owner");
        var child = await NewWidgetAsync("child", metadata: OwnedBy(owner));
        await NewConfigMapAsync("grandchild", metadata: OwnedBy(child));

        (await Api.DeleteAsync($"{WidgetPath}/owner")).Is(200);

        await Api.UntilGoneAsync($"{ConfigMapPath}/grandchild");
    }

    [Fact]
    public async Task Another_owner_keeps_what_lost_one()
    {
        var (first, second) = (await NewWidgetAsync("first"), await NewWidgetAsync("second"));
        var both = OwnedBy(first).Replace("}]", $"}}, {{ \"apiVersion\": \"{second.At("apiVersion")}\", \"kind\": \"Widget\", \"name\": \"second\", \"uid\": \"{second.Uid}\" }}]", StringComparison.Ordinal);
        await NewConfigMapAsync("owned", metadata: both);

        (await Api.DeleteAsync($"{WidgetPath}/first")).Is(200);

        await Api.UntilAsync($"{ConfigMapPath}/owned", reply => reply.Is(200).Node("metadata", "ownerReferences") is System.Text.Json.Nodes.JsonArray { Count: 1 });
        (await Api.DeleteAsync($"{WidgetPath}/second")).Is(200);
        await Api.UntilGoneAsync($"{ConfigMapPath}/owned");
    }

    [Fact]
    public async Task An_owner_that_never_was_takes_its_dependents_along()
    {
        var owner = await NewWidgetAsync("owner");
        (await Api.DeleteAsync($"{WidgetPath}/owner")).Is(200);

        await NewConfigMapAsync("owned", metadata: OwnedBy(owner));

        await Api.UntilGoneAsync($"{ConfigMapPath}/owned");
    }

    [Fact]
    public async Task In_the_foreground_an_owner_waits_for_those_who_hold_it()
    {
        var owner = await NewWidgetAsync("owner");
        await NewConfigMapAsync("owned", metadata: $"{OwnedBy(owner, blocking: true)}, {Finalizers("caphr.example/wait")}");

        (await Api.DeleteAsync($"{WidgetPath}/owner?propagationPolicy=Foreground")).Is(200, 202);

        await Api.UntilAsync($"{ConfigMapPath}/owned", reply => reply.BeingDeleted);
        var waiting = (await Api.GetAsync($"{WidgetPath}/owner")).Is(200);
        Assert.True(waiting.BeingDeleted);
        Assert.Contains("foregroundDeletion", waiting.Node("metadata", "finalizers")!.AsArray().Select(name => name!.GetValue<string>()));

        (await Api.MergeAsync($"{ConfigMapPath}/owned", """{ "metadata": { "finalizers": null } }""")).Is(200);
        await Api.UntilGoneAsync($"{WidgetPath}/owner");
    }

    [Fact]
    public async Task In_the_foreground_an_owner_does_not_wait_for_others()
    {
        var owner = await NewWidgetAsync("owner");
        await NewConfigMapAsync("owned", metadata: $"{OwnedBy(owner)}, {Finalizers("caphr.example/wait")}");

        (await Api.DeleteAsync($"{WidgetPath}/owner?propagationPolicy=Foreground")).Is(200, 202);

        await Api.UntilGoneAsync($"{WidgetPath}/owner");
        await Api.UntilAsync($"{ConfigMapPath}/owned", reply => reply.Is(200).BeingDeleted);
    }

    [Fact]
    public async Task Orphans_live_on_without_a_reference()
    {
        var owner = await NewWidgetAsync("owner");
        await NewConfigMapAsync("owned", metadata: OwnedBy(owner));

        (await Api.DeleteAsync($"{WidgetPath}/owner", """{ "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Orphan" }""")).Is(200, 202);

        await Api.UntilGoneAsync($"{WidgetPath}/owner");
        var orphan = (await Api.GetAsync($"{ConfigMapPath}/owned")).Is(200);
        Assert.False(orphan.BeingDeleted);
        Assert.Null(orphan.Node("metadata", "ownerReferences"));
    }
}
