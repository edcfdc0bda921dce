namespace Caphr.Conformance.Kube;

/// <summary>Namespaces contain: what is in one goes with it, and nothing new comes into one that is going.</summary>
public sealed class NamespaceTests(KubeCluster cluster) : KubeCase(cluster)
{
    private string Own => $"{KubeCluster.Namespaces}/{Space}";

    [Fact]
    public async Task A_new_namespace_is_active_and_carries_its_name_as_a_label()
    {
        var own = (await Api.GetAsync(Own)).Is(200);

        Assert.Equal("Active", own.At("status", "phase"));
        Assert.Equal(Space, own.At("metadata", "labels", "kubernetes.io/metadata.name"));
        Assert.Equal("kubernetes", own.At("spec", "finalizers", "0"));
    }

    [Fact]
    public async Task Namespaces_are_found_by_that_label() =>
        Assert.Equal([Space], (await Api.GetAsync($"{KubeCluster.Namespaces}?labelSelector=kubernetes.io%2Fmetadata.name%3D{Space}")).Is(200).Names);

    [Fact]
    public async Task The_first_namespaces_are_there()
    {
        (await Api.GetAsync($"{KubeCluster.Namespaces}/default")).Is(200);
        (await Api.GetAsync($"{KubeCluster.Namespaces}/kube-system")).Is(200);
    }

    [Fact]
    public async Task A_deleted_namespace_empties_itself_and_goes()
    {
        await NewWidgetAsync("one");
        await NewConfigMapAsync("two");

        (await Api.DeleteAsync(Own)).Is(200, 202);

        await Api.UntilGoneAsync(Own);
        (await ReadWidgetAsync("one")).Is(404);
        (await Api.GetAsync($"{ConfigMapPath}/two")).Is(404);
    }

    [Fact]
    public async Task A_namespace_waits_for_what_is_held_in_it_and_takes_in_nothing_new()
    {
        await NewWidgetAsync("held", metadata: Finalizers("caphr.example/wait"));

        (await Api.DeleteAsync(Own)).Is(200, 202);

        await Api.UntilAsync($"{WidgetPath}/held", reply => reply.BeingDeleted);
        Assert.Equal("Terminating", (await Api.GetAsync(Own)).Is(200).At("status", "phase"));
        (await Api.PostAsync(WidgetPath, Widget("late"))).Refused(403, "Forbidden");
        (await Api.MergeAsync($"{WidgetPath}/held", """{ "metadata": { "finalizers": null } }""")).Is(200);
        await Api.UntilGoneAsync(Own);
    }

    [Fact]
    public async Task A_namespace_is_a_single_label_of_DNS() =>
        (await Api.PostAsync(KubeCluster.Namespaces, """{ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "not.one" } }""")).Invalid("FieldValueInvalid", "metadata.name");
}
