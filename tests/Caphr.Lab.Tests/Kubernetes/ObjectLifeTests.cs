using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>What happens to metadata from creation to deletion.</summary>
public sealed class ObjectLifeTests
{
    [Fact]
    public async Task A_created_object_has_uid_version_generation_and_time()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var metadata = (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201).Json["metadata"]!;

        Assert.True(Guid.TryParse(metadata["uid"]!.GetValue<string>(), out _));
        Assert.True(long.Parse(metadata["resourceVersion"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) > 1);
        Assert.Equal(1, metadata["generation"]!.GetValue<long>());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", metadata["creationTimestamp"]!.GetValue<string>());
        Assert.Equal("default", metadata["namespace"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_can_be_taken_only_once()
    {
        await using var lab = await LabSession.StartAsync();
        (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"))).Expect(201);

        var second = (await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"))).Expect(409);

        Assert.Equal("AlreadyExists", second.Json["reason"]!.GetValue<string>());
        Assert.Equal("configmaps \"one\" already exists", second.Message);
    }

    [Fact]
    public async Task A_generated_name_starts_with_what_was_asked_for()
    {
        await using var lab = await LabSession.StartAsync();
        const string Body = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "generateName": "made-" } }""";

        var one = (await lab.PostAsync(Samples.ConfigMaps, Body)).Expect(201).Json["metadata"]!["name"]!.GetValue<string>();
        var other = (await lab.PostAsync(Samples.ConfigMaps, Body)).Expect(201).Json["metadata"]!["name"]!.GetValue<string>();

        Assert.Matches("^made-[a-z0-9]{5}$", one);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task Generation_moves_with_spec_and_not_with_labels_or_status()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        var labelled = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "metadata": { "labels": { "a": "b" } } }""")).Expect(200);
        var withStatus = (await lab.PatchAsync(Samples.Boxes + "/one/status", """{ "status": { "phase": "New" } }""")).Expect(200);
        var changed = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "mode": "Fast" } }""")).Expect(200);

        Assert.Equal(1, labelled.Json["metadata"]!["generation"]!.GetValue<long>());
        Assert.Equal(1, withStatus.Json["metadata"]!["generation"]!.GetValue<long>());
        Assert.Equal(2, changed.Json["metadata"]!["generation"]!.GetValue<long>());
    }

    [Fact]
    public async Task Status_is_written_only_through_its_subresource()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        var created = await lab.PostAsync(Samples.Boxes, Samples.Box("one").Replace("\"spec\"", "\"status\": { \"phase\": \"Lie\" }, \"spec\"", StringComparison.Ordinal));
        Assert.Null(created.Expect(201).Json["status"]);

        var main = await lab.PatchAsync(Samples.Boxes + "/one", """{ "status": { "phase": "Lie" } }""");
        var sub = await lab.PatchAsync(Samples.Boxes + "/one/status", """{ "status": { "phase": "True" }, "spec": { "mode": "Fast" }, "metadata": { "labels": { "a": "b" } } }""");

        Assert.Null(main.Expect(200).Json["status"]);
        Assert.Equal("True", sub.Expect(200).Json["status"]!["phase"]!.GetValue<string>());
        Assert.Equal("Safe", sub.Json["spec"]!["mode"]!.GetValue<string>());
        Assert.Null(sub.Json["metadata"]!["labels"]);
    }

    [Fact]
    public async Task A_write_from_an_old_version_is_refused_as_a_conflict()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        var old = (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Json;
        await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "mode": "Fast" } }""");

        var late = (await lab.PutAsync(Samples.Boxes + "/one", old)).Expect(409);

        Assert.Equal("Conflict", late.Json["reason"]!.GetValue<string>());
        Assert.Equal(
            "Operation cannot be fulfilled on boxes.lab.example.com \"one\": the object has been modified; please apply your changes to the latest version and try again",
            late.Message);
        Assert.Equal("Fast", (await lab.GetAsync(Samples.Boxes + "/one")).Json["spec"]!["mode"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_custom_resource_is_not_overwritten_blindly()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        var blind = (await lab.PutAsync(Samples.Boxes + "/one", JsonNode.Parse(Samples.Box("one"))!)).Expect(422);

        Assert.Contains("metadata.resourceVersion: Invalid value: 0: must be specified for an update", blind.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_changes_nothing_leaves_the_version_alone()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        var created = await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        var same = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "serverID": 7 } }""")).Expect(200);

        Assert.Equal(created.Version, same.Version);
    }

    [Fact]
    public async Task Only_one_of_many_racing_writers_of_one_version_wins()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        var read = (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Json;

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer =>
        {
            var mine = read.DeepClone();
            mine["spec"]!["hostRef"] = $"writer-{writer}";
            return lab.PutAsync(Samples.Boxes + "/one", mine);
        }));

        Assert.Single(answers, answer => answer.Code == 200);
        Assert.Equal(15, answers.Count(answer => answer.Code == 409));
    }

    [Fact]
    public async Task Racing_patches_without_a_version_are_all_carried_out()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));

        await Task.WhenAll(Enumerable.Range(0, 200).Select(writer => lab.PatchAsync(Samples.ConfigMaps + "/one", $$"""{ "data": { "k{{writer}}": "x" } }""")));

        Assert.Equal(201, (await lab.GetAsync(Samples.ConfigMaps + "/one")).Json["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task An_object_with_a_finalizer_is_marked_and_goes_when_the_finalizer_does()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one", metadata: "\"finalizers\": [\"lab.example.com/box\"]"));

        var marked = (await lab.DeleteAsync(Samples.Boxes + "/one")).Expect(200);
        Assert.NotNull(marked.Json["metadata"]!["deletionTimestamp"]);
        Assert.Equal(2, marked.Json["metadata"]!["generation"]!.GetValue<long>());
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(200);
        var added = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "metadata": { "finalizers": ["lab.example.com/box", "lab.example.com/late"] } }""")).Expect(422);
        Assert.Contains("no new finalizers can be added if the object is being deleted", added.Message, StringComparison.Ordinal);

        (await lab.PatchAsync(Samples.Boxes + "/one", """{ "metadata": { "finalizers": null } }""")).Expect(200);
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(404);
    }

    [Fact]
    public async Task A_deletion_with_the_wrong_uid_is_refused()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));

        (await lab.DeleteAsync(Samples.ConfigMaps + "/one", """{ "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": { "uid": "other" } }""")).Expect(409);

        (await lab.GetAsync(Samples.ConfigMaps + "/one")).Expect(200);
    }

    [Fact]
    public async Task A_dry_run_answers_like_the_real_thing_and_stores_nothing()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var dry = (await lab.PostAsync(Samples.Boxes + "?dryRun=All", Samples.Box("one"))).Expect(201);

        Assert.Equal("Safe", dry.Json["spec"]!["mode"]!.GetValue<string>());
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(404);
    }

    [Fact]
    public async Task Nothing_is_created_in_a_namespace_that_is_not_there()
    {
        await using var lab = await LabSession.StartAsync();

        var refused = (await lab.PostAsync("/api/v1/namespaces/nowhere/configmaps", Samples.ConfigMap("one"))).Expect(404);

        Assert.Equal("namespaces \"nowhere\" not found", refused.Message);
    }

    [Fact]
    public async Task Plain_secret_strings_are_stored_as_base64()
    {
        await using var lab = await LabSession.StartAsync();

        var secret = (await lab.PostAsync(Samples.Secrets, """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" }, "stringData": { "user": "robot" } }""")).Expect(201);

        Assert.Equal("cm9ib3Q=", secret.Json["data"]!["user"]!.GetValue<string>());
        Assert.Null(secret.Json["stringData"]);
        Assert.Equal("Opaque", secret.Json["type"]!.GetValue<string>());
    }
}
