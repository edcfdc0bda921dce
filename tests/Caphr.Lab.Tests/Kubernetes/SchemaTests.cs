using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>Structural schemas and rules: what a custom resource may look like, and the words in which it is refused.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("\"serverID\": 0", "spec.serverID: Invalid value: 0: spec.serverID in body should be greater than or equal to 1")]
    [InlineData("\"mode\": \"Fast\"", "spec.serverID: Required value")]
    [InlineData("\"serverID\": \"7\"", "spec.serverID: Invalid value: \"string\": spec.serverID in body must be of type integer: \"string\"")]
    [InlineData("\"serverID\": 7.5", "spec.serverID: Invalid value: \"number\": spec.serverID in body must be of type integer: \"number\"")]
    [InlineData("\"serverID\": 7, \"mode\": \"Slow\"", "spec.mode: Unsupported value: \"Slow\": supported values: \"Fast\", \"Safe\"")]
    [InlineData("\"serverID\": 7, \"name\": \"a\"", "spec.name: Invalid value: \"a\": spec.name in body should be at least 2 chars long")]
    [InlineData("\"serverID\": 7, \"name\": \"abcdefghi\"", "spec.name: Too long: may not be more than 8 bytes")]
    [InlineData("\"serverID\": 7, \"name\": \"AB\"", "spec.name: Invalid value: \"AB\": spec.name in body should match '^[a-z]+$'")]
    [InlineData("\"serverID\": 7, \"until\": \"soon\"", "spec.until: Invalid value: \"soon\": spec.until in body must be of type date-time: \"soon\"")]
    [InlineData("\"serverID\": 7, \"ports\": [{\"name\": \"a\"}, {\"name\": \"a\"}]", "spec.ports[1]: Duplicate value: {\"name\":\"a\"}")]
    [InlineData("\"serverID\": 7, \"ports\": [{\"name\": \"a\"}, {\"name\": \"b\"}, {\"name\": \"c\"}, {\"name\": \"d\"}]", "spec.ports: Too many: 4: must have at most 3 items")]
    [InlineData("\"serverID\": 7, \"ports\": [{\"port\": 1}]", "spec.ports[0].name: Required value")]
    [InlineData("\"serverID\": 7, \"tags\": {\"a\": 1}", "spec.tags.a: Invalid value: \"integer\": spec.tags.a in body must be of type string: \"integer\"")]
    [InlineData("\"serverID\": 7, \"amount\": true", "spec.amount: Invalid value: \"boolean\": spec.amount in body must be of type integer,string: \"boolean\"")]
    [InlineData("\"serverID\": 7, \"hostRef\": \"a\", \"hostSelector\": \"b\"", "spec: Invalid value: \"object\": hostRef and hostSelector are mutually exclusive")]
    public async Task A_field_that_breaks_the_schema_is_named_with_its_path(string spec, string complaint)
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var refused = (await lab.PostAsync(Samples.Boxes, Samples.Box("one", spec))).Expect(422);

        Assert.Equal($"Box.lab.example.com \"one\" is invalid: {complaint}", refused.Message);
        Assert.Equal("Invalid", refused.Json["reason"]!.GetValue<string>());
        Assert.Equal(complaint.Split(':')[0], refused.Json["details"]!["causes"]![0]!["field"]!.GetValue<string>());
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(404);
    }

    [Fact]
    public async Task Several_problems_are_told_at_once()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var refused = (await lab.PostAsync(Samples.Boxes, Samples.Box("one", "\"serverID\": 0, \"mode\": \"Slow\""))).Expect(422);

        Assert.Equal(2, refused.Json["details"]!["causes"]!.AsArray().Count);
        Assert.StartsWith("Box.lab.example.com \"one\" is invalid: [spec.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_fields_get_their_defaults_inside_objects_that_are_there()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var with = (await lab.PostAsync(Samples.Boxes, Samples.Box("with", "\"serverID\": 7, \"nested\": {}"))).Expect(201);
        var without = (await lab.PostAsync(Samples.Boxes, Samples.Box("without"))).Expect(201);

        Assert.Equal(3, with.Json["spec"]!["nested"]!["size"]!.GetValue<int>());
        Assert.Equal("Safe", without.Json["spec"]!["mode"]!.GetValue<string>());
        Assert.Null(without.Json["spec"]!["nested"]);
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_with_a_warning_or_refused_as_the_client_wishes()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        var box = Samples.Box("one", "\"serverID\": 7, \"severID\": 8, \"free\": { \"any\": 1 }");

        var strict = (await lab.PostAsync(Samples.Boxes + "?fieldValidation=Strict", box)).Expect(400);
        var warned = (await lab.PostAsync(Samples.Boxes, box)).Expect(201);

        Assert.Contains("strict decoding error: unknown field \"spec.severID\"", strict.Message, StringComparison.Ordinal);
        Assert.Contains("unknown field \\\"spec.severID\\\"", Assert.Single(warned.Warnings), StringComparison.Ordinal);
        Assert.Null(warned.Json["spec"]!["severID"]);
        Assert.Equal(1, warned.Json["spec"]!["free"]!["any"]!.GetValue<int>());
    }

    [Fact]
    public async Task Ignored_unknown_fields_are_dropped_without_a_word()
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var quiet = (await lab.PostAsync(Samples.Boxes + "?fieldValidation=Ignore", Samples.Box("one", "\"serverID\": 7, \"odd\": 8"))).Expect(201);

        Assert.Empty(quiet.Warnings);
        Assert.Null(quiet.Json["spec"]!["odd"]);
    }

    [Fact]
    public async Task A_rule_about_the_change_is_asked_on_update_and_not_on_create()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201);

        var refused = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "serverID": 8 } }""")).Expect(422);
        (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "serverID": 7, "mode": "Fast" } }""")).Expect(200);

        Assert.Equal("Box.lab.example.com \"one\" is invalid: spec.serverID: Invalid value: \"integer\": serverID is immutable", refused.Message);
    }

    [Theory]
    [InlineData("self.serverID in [7, 8]", "\"serverID\": 7", true)]
    [InlineData("self.serverID in [7, 8]", "\"serverID\": 9", false)]
    [InlineData("!has(self.name) || self.name.startsWith('a')", "\"serverID\": 1", true)]
    [InlineData("!has(self.name) || self.name.startsWith('a')", "\"serverID\": 1, \"name\": \"bb\"", false)]
    [InlineData("has(self.name) ? size(self.name) == 2 : self.serverID > 5", "\"serverID\": 6", true)]
    [InlineData("has(self.name) ? size(self.name) == 2 : self.serverID > 5", "\"serverID\": 5", false)]
    [InlineData("has(self.name) ? size(self.name) == 2 : self.serverID > 5", "\"serverID\": 5, \"name\": \"ab\"", true)]
    [InlineData("!has(self.ports) || self.ports.all(p, has(p.port) && p.port > 0)", "\"serverID\": 1, \"ports\": [{\"name\":\"a\",\"port\":1}]", true)]
    [InlineData("!has(self.ports) || self.ports.all(p, has(p.port) && p.port > 0)", "\"serverID\": 1, \"ports\": [{\"name\":\"a\",\"port\":0}]", false)]
    [InlineData("!has(self.ports) || self.ports.exists(p, p.name == 'a')", "\"serverID\": 1, \"ports\": [{\"name\":\"b\"}]", false)]
    [InlineData("self.serverID * 2 + 1 == 15 && self.mode != 'Fast'", "\"serverID\": 7", true)]
    [InlineData("has(self.tags) && 'a' in self.tags && self.tags['a'] == 'x'", "\"serverID\": 7, \"tags\": {\"a\": \"x\"}", true)]
    [InlineData("self.name == 'x' || true", "\"serverID\": 7", true)]
    [InlineData("self.name == 'x'", "\"serverID\": 7", false)]
    public async Task Rules_are_evaluated(string rule, string spec, bool holds)
    {
        await using var lab = await LabSession.StartAsync();
        (await lab.PostAsync(Samples.Definitions, Samples.DefinitionWith(schema => schema["x-kubernetes-validations"] = Rules(rule)))).Expect(201);

        (await lab.PostAsync(Samples.Boxes, Samples.Box("one", spec))).Expect(holds ? 201 : 422);
    }

    [Theory]
    [InlineData("self.noSuchField == 1", "undefined field 'noSuchField'")]
    [InlineData("unheardOf(self)", "undeclared reference to 'unheardOf'")]
    [InlineData("other == 1", "undeclared reference to 'other'")]
    [InlineData("self.serverID ==", "Syntax error")]
    [InlineData("self.serverID == 'unclosed", "Syntax error")]
    public async Task A_rule_that_cannot_be_evaluated_refuses_its_whole_definition(string rule, string complaint)
    {
        await using var lab = await LabSession.StartAsync();

        var refused = (await lab.PostAsync(Samples.Definitions, Samples.DefinitionWith(schema => schema["x-kubernetes-validations"] = Rules(rule)))).Expect(422);

        Assert.Contains("x-kubernetes-validations[0].rule: Invalid value", refused.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        (await lab.GetAsync("/apis/lab.example.com/v1alpha1")).Expect(404);
    }

    [Theory]
    [InlineData("self.__namespace__ == 'a'", 201)]
    [InlineData("self.__namespace__ == 'b'", 422)]
    [InlineData("self.namespace == 'a'", null)]
    public async Task A_field_named_like_a_reserved_word_is_written_with_underscores(string rule, int? code)
    {
        await using var lab = await LabSession.StartAsync();
        var definition = Samples.DefinitionWith(schema =>
        {
            schema["properties"]!["namespace"] = new JsonObject { ["type"] = "string" };
            schema["x-kubernetes-validations"] = Rules(rule);
        });

        var accepted = (await lab.PostAsync(Samples.Definitions, definition)).Expect(code is null ? 422 : 201);

        if (code is null) Assert.Contains("'namespace' is a reserved word", accepted.Message, StringComparison.Ordinal);
        else (await lab.PostAsync(Samples.Boxes, Samples.Box("one", "\"serverID\": 7, \"namespace\": \"a\""))).Expect(code.Value);
    }

    [Fact]
    public async Task A_schema_keyword_that_is_not_understood_refuses_its_definition()
    {
        await using var lab = await LabSession.StartAsync();

        var refused = (await lab.PostAsync(Samples.Definitions, Samples.DefinitionWith(schema => schema["patternProperties"] = new JsonObject()))).Expect(422);

        Assert.Contains("patternProperties: Forbidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_is_established_and_served_at_once()
    {
        await using var lab = await LabSession.StartAsync();
        (await lab.GetAsync(Samples.Boxes)).Expect(404);

        var definition = (await lab.PostAsync(Samples.Definitions, Samples.Definition)).Expect(201);

        Assert.Contains(definition.Json["status"]!["conditions"]!.AsArray(), condition => condition!["type"]!.GetValue<string>() == "Established");
        Assert.Equal("BoxList", (await lab.GetAsync(Samples.Boxes)).Expect(200).Json["kind"]!.GetValue<string>());
    }

    private static JsonArray Rules(string rule) => [new JsonObject { ["rule"] = rule, ["message"] = "refused by the rule" }];
}
