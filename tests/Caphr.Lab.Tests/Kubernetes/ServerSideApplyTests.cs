using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

public sealed class ServerSideApplyTests
{
    [Fact]
    public async Task Applying_creates_and_repeating_it_changes_nothing()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var created = (await ApplyAsync(lab, "me", Samples.Box("one"))).Expect(201);
        var again = (await ApplyAsync(lab, "me", Samples.Box("one"))).Expect(200);

        Assert.Equal(created.Version, again.Version);
        Assert.Equal("me", Assert.Single(created.Json["metadata"]!["managedFields"]!.AsArray())!["manager"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_that_names_both()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Fast\""));

        var conflict = (await ApplyAsync(lab, "you", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Safe\""))).Expect(409);

        Assert.Equal("Apply failed with 1 conflict: conflict with \"me\" using lab.example.com/v1alpha1: .spec.mode", conflict.Message);
        Assert.Equal("FieldManagerConflict", conflict.Json["details"]!["causes"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal("Fast", (await lab.GetAsync(Samples.Boxes + "/one")).Json["spec"]!["mode"]!.GetValue<string>());
    }

    [Fact]
    public async Task Force_takes_the_field_over()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Fast\""));
        var forced = (await ApplyAsync(lab, "you", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Safe\""), force: true)).Expect(200);

        Assert.Equal("Safe", forced.Json["spec"]!["mode"]!.GetValue<string>());
        Assert.False(Owns(forced, "me", "f:mode"));
        Assert.True(Owns(forced, "you", "f:mode"));
        Assert.True(Owns(forced, "me", "f:serverID"));
    }

    [Fact]
    public async Task The_same_value_is_shared_without_conflict()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one"));

        var shared = (await ApplyAsync(lab, "you", Samples.Box("one"))).Expect(200);

        Assert.True(Owns(shared, "me", "f:serverID"));
        Assert.True(Owns(shared, "you", "f:serverID"));
    }

    [Fact]
    public async Task What_is_no_longer_applied_goes_unless_another_owns_it()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"tags\": { \"a\": \"1\", \"b\": \"2\" }, \"hostRef\": \"h\""));
        await ApplyAsync(lab, "you", Samples.Box("one", "\"serverID\": 7, \"tags\": { \"b\": \"2\" }"));

        var left = (await ApplyAsync(lab, "me", Samples.Box("one"))).Expect(200);

        Assert.Equal("""{"b":"2"}""", left.Json["spec"]!["tags"]!.ToJsonString());
        Assert.Null(left.Json["spec"]!["hostRef"]);
    }

    [Fact]
    public async Task Items_of_a_list_with_keys_belong_to_whoever_applied_them()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"ports\": [{ \"name\": \"a\", \"port\": 1 }]"));
        var both = await ApplyAsync(lab, "you", Samples.Box("one", "\"serverID\": 7, \"ports\": [{ \"name\": \"b\", \"port\": 2 }]"));
        Assert.Equal(2, both.Expect(200).Json["spec"]!["ports"]!.AsArray().Count);

        var mineGone = (await ApplyAsync(lab, "me", Samples.Box("one"))).Expect(200);

        Assert.Equal("""[{"name":"b","port":2}]""", mineGone.Json["spec"]!["ports"]!.ToJsonString());
    }

    [Fact]
    public async Task Status_is_applied_through_its_subresource_by_several_writers()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        await ApplyAsync(lab, "me", Status("Ready"), subresource: "/status");
        var both = (await ApplyAsync(lab, "you", Status("Paused"), subresource: "/status")).Expect(200);

        Assert.Equal(["Ready", "Paused"], both.Json["status"]!["conditions"]!.AsArray().Select(condition => condition!["type"]!.GetValue<string>()));
        Assert.Equal(7, both.Json["spec"]!["serverID"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_later_plain_write_owns_what_it_changed()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Fast\""));
        await lab.PatchAsync(Samples.Boxes + "/one?fieldManager=editor", """{ "spec": { "mode": "Safe" } }""");

        var conflict = (await ApplyAsync(lab, "me", Samples.Box("one", "\"serverID\": 7, \"mode\": \"Fast\""))).Expect(409);

        Assert.Contains("conflict with \"editor\"", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_apply_without_a_manager_is_refused()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        (await lab.PatchAsync(Samples.Boxes + "/one", Samples.Box("one"), LabSession.ApplyPatch)).Expect(422);
    }

    private static string Status(string condition) => $$"""
        { "apiVersion": "lab.example.com/v1alpha1", "kind": "Box", "metadata": { "name": "one" },
          "status": { "conditions": [{ "type": "{{condition}}", "status": "True" }] } }
        """;

    private static Task<Answer> ApplyAsync(LabSession lab, string manager, string body, bool force = false, string subresource = "") =>
        lab.PatchAsync($"{Samples.Boxes}/one{subresource}?fieldManager={manager}&force={(force ? "true" : "false")}", body, LabSession.ApplyPatch);

    private static bool Owns(Answer answer, string manager, string specField) => answer.Json["metadata"]!["managedFields"]!.AsArray()
        .Any(entry => entry!["manager"]!.GetValue<string>() == manager && entry["fieldsV1"]!["f:spec"] is JsonObject spec && spec.ContainsKey(specField));
}
