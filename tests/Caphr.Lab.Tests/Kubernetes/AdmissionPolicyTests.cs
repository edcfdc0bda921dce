using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>ValidatingAdmissionPolicies: whom they concern, what they see, and that none is ever ignored.</summary>
public sealed class AdmissionPolicyTests
{
    private const string Policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    private const string Bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

    [Theory]
    // What expressions see.
    [InlineData("object.spec.serverID == 7", true)]
    [InlineData("object.spec.serverID == 8", false)]
    [InlineData("oldObject == null", true)]
    [InlineData("request.operation == 'CREATE' && request.dryRun == false", true)]
    [InlineData("request.kind.kind == 'Box' && request.resource.resource == 'boxes' && request.name == object.metadata.name", true)]
    [InlineData("'system:masters' in request.userInfo.groups", true)]
    [InlineData("namespaceObject.metadata.name == 'default'", true)]
    [InlineData("has(object.metadata.annotations)", false)]
    // What they can say.
    [InlineData("object.spec.ports.exists_one(port, port.name == 'b')", true)]
    [InlineData("object.spec.ports.filter(port, port.port > 1).map(port, port.name) == ['b']", true)]
    [InlineData("object.spec.ports.all(port, port.name.matches('^[ab]$')) && !object.spec.ports.exists(port, port.port > 2)", true)]
    [InlineData("int('2') + size(object.spec.ports) == 4 && string(object.spec.serverID) == '7'", true)]
    [InlineData("object.metadata.name.startsWith('o') && object.metadata.name.endsWith('e') && object.metadata.name.contains('n')", true)]
    [InlineData("duration('90s') > duration('1m') && duration('1m30s') == duration('90s')", true)]
    [InlineData("timestamp('2026-03-01T00:00:00Z') + duration('1h') == timestamp('2026-03-01T01:00:00Z')", true)]
    [InlineData("isIP('10.0.0.1') && !isIP('10.0.0.01') && !isIP('::ffff:10.0.0.1') && ip('2001:db8::1').family() == 6", true)]
    [InlineData("isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && cidr('10.0.0.0/8').prefixLength() == 8 && cidr('2001:db8::/64').ip().family() == 6", true)]
    public async Task A_validation_holds_or_refuses_the_write(string expression, bool holds)
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec => spec["validations"] = Validations(expression)));

        var answer = await lab.PostAsync(Samples.Boxes, Samples.Box("one", "\"serverID\": 7, \"ports\": [{\"name\": \"a\", \"port\": 1}, {\"name\": \"b\", \"port\": 2}]"));

        answer.Expect(holds ? 201 : 422);
        if (!holds) Assert.Equal("boxes.lab.example.com \"one\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: write something else", answer.Message);
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(holds ? 200 : 404);
    }

    [Theory]
    [InlineData("operations", "UPDATE")]
    [InlineData("apiGroups", "other.example.com")]
    [InlineData("apiVersions", "v9")]
    [InlineData("resources", "bags")]
    [InlineData("resources", "boxes/status")]
    [InlineData("resourceNames", "two")]
    public async Task A_write_outside_the_resource_rules_is_not_judged(string field, string value)
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec =>
        {
            spec["validations"] = Validations("false");
            spec["matchConstraints"]!["resourceRules"]![0]![field] = new JsonArray(value);
        }));

        (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201);
    }

    [Fact]
    public async Task What_is_excluded_is_not_judged_and_what_matches_beside_it_is()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec =>
        {
            spec["validations"] = Validations("false");
            var excluded = spec["matchConstraints"]!["resourceRules"]![0]!.DeepClone();
            excluded["resourceNames"] = new JsonArray("one");
            spec["matchConstraints"]!["excludeResourceRules"] = new JsonArray(excluded);
        }));

        (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201);
        (await lab.PostAsync(Samples.Boxes, Samples.Box("two"))).Expect(422);
    }

    [Fact]
    public async Task A_policy_sees_the_object_as_it_was_and_a_deletion_without_a_new_one()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201);
        await BindAsync(lab, Policy(spec => spec["validations"] = new JsonArray(
            Validation("request.operation != 'UPDATE' || object.spec == oldObject.spec", "keep the spec"),
            Validation("request.operation != 'DELETE' || object != null", "keep it"))));

        var changed = (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "mode": "Fast" } }""")).Expect(422);
        var deleted = (await lab.DeleteAsync(Samples.Boxes + "/one")).Expect(422);
        (await lab.PatchAsync(Samples.Boxes + "/one", """{ "metadata": { "labels": { "a": "b" } } }""")).Expect(200);

        Assert.EndsWith("denied request: keep the spec", changed.Message, StringComparison.Ordinal);
        Assert.EndsWith("denied request: keep it", deleted.Message, StringComparison.Ordinal);
        (await lab.GetAsync(Samples.Boxes + "/one")).Expect(200);
    }

    [Fact]
    public async Task Match_conditions_are_asked_before_and_variables_are_worked_out_once()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec =>
        {
            spec["matchConditions"] = new JsonArray(new JsonObject { ["name"] = "not-the-dry", ["expression"] = "!request.dryRun" });
            spec["variables"] = new JsonArray(
                new JsonObject { ["name"] = "number", ["expression"] = "object.spec.serverID" },
                new JsonObject { ["name"] = "low", ["expression"] = "variables.number < 10" });
            spec["validations"] = new JsonArray(new JsonObject { ["expression"] = "!variables.low", ["messageExpression"] = "string(variables.number) + ' is too low'", ["reason"] = "Forbidden" });
        }));

        (await lab.PostAsync(Samples.Boxes + "?dryRun=All", Samples.Box("one"))).Expect(201);
        var refused = (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(403);
        (await lab.PostAsync(Samples.Boxes, Samples.Box("ten", "\"serverID\": 10"))).Expect(201);

        Assert.EndsWith("denied request: 7 is too low", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binding_that_warns_lets_the_write_pass_with_a_warning()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec => spec["validations"] = Validations("false")), "Warn");

        var warned = (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(201);
        var gone = (await lab.DeleteAsync(Samples.Boxes + "/one")).Expect(200);

        Assert.Contains("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': write something else", Assert.Single(warned.Warnings), StringComparison.Ordinal);
        Assert.Single(gone.Warnings);
    }

    [Theory]
    [InlineData("Fail", 422)]
    [InlineData("Ignore", 201)]
    public async Task An_expression_that_fails_refuses_unless_the_policy_ignores_failures(string failurePolicy, int code)
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await BindAsync(lab, Policy(spec =>
        {
            spec["failurePolicy"] = failurePolicy;
            spec["validations"] = Validations("object.spec.name == 'x'");
        }));

        (await lab.PostAsync(Samples.Boxes, Samples.Box("one"))).Expect(code);
    }

    [Fact]
    public async Task A_policy_counts_from_its_binding_until_it_is_gone()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        (await lab.PostAsync(Policies, Policy(spec => spec["validations"] = Validations("false")))).Expect(201);

        (await lab.PostAsync(Samples.Boxes, Samples.Box("unbound"))).Expect(201);
        (await lab.PostAsync(Bindings, Binding("Deny"))).Expect(201);
        (await lab.PostAsync(Samples.Boxes, Samples.Box("bound"))).Expect(422);
        (await lab.DeleteAsync(Policies + "/p")).Expect(200);
        (await lab.PostAsync(Samples.Boxes, Samples.Box("bound"))).Expect(201);
    }

    [Theory]
    [InlineData("validations", """[{ "expression": "object.spec.all(x, y, true)" }]""", "spec.validations[0].expression")]
    [InlineData("validations", """[{ "expression": "authorizer == null" }]""", "undeclared reference to 'authorizer'")]
    [InlineData("validations", """[{ "expression": "request.unknown == 1" }]""", "undefined field 'unknown'")]
    [InlineData("validations", """[{ "expression": "variables.later" }]""", "undefined field 'later'")]
    [InlineData("validations", """[{ "expression": "object.?spec.orValue(1) == 1" }]""", "Syntax error")]
    [InlineData("validations", """[{ "expression": "true", "messageExpression": "object." }]""", "spec.validations[0].messageExpression")]
    [InlineData("validations", """[{ "expression": "true", "reason": "TooBig" }]""", "spec.validations[0].reason: Unsupported value: \"TooBig\"")]
    [InlineData("validations", "[]", "spec.validations: Required value")]
    [InlineData("paramKind", """{ "apiVersion": "v1", "kind": "ConfigMap" }""", "spec.paramKind: Forbidden: this server does not evaluate it")]
    [InlineData("auditAnnotations", "[]", "spec.auditAnnotations: Forbidden: this server does not evaluate it")]
    [InlineData("failurePolicy", "\"Perhaps\"", "spec.failurePolicy: Unsupported value")]
    [InlineData("matchConditions", """[{ "name": "a", "expression": "variables.v" }]""", "undeclared reference to 'variables'")]
    [InlineData("matchConstraints", """{ "objectSelector": { "matchLabels": { "a": "b" } }, "resourceRules": [{ "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"] }] }""", "spec.matchConstraints.objectSelector: Forbidden")]
    [InlineData("matchConstraints", """{ "resourceRules": [{ "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["PATCH"], "resources": ["*"] }] }""", "operations: Unsupported value: \"PATCH\"")]
    public async Task A_policy_that_cannot_be_evaluated_is_refused_when_it_is_written(string field, string value, string complaint)
    {
        await using var lab = await LabSession.WithDefinitionAsync();

        var refused = (await lab.PostAsync(Policies, Policy(spec => spec[field] = JsonNode.Parse(value)))).Expect(422);

        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        (await lab.GetAsync(Policies + "/p")).Expect(404);
    }

    [Theory]
    [InlineData("Audit", "spec.validationActions: Unsupported value: \"Audit\"")]
    [InlineData("Deny\", \"Warn", "must not contain both Deny and Warn")]
    public async Task A_binding_that_cannot_be_honoured_is_refused_when_it_is_written(string actions, string complaint)
    {
        await using var lab = await LabSession.StartAsync();

        Assert.Contains(complaint, (await lab.PostAsync(Bindings, Binding(actions))).Expect(422).Message, StringComparison.Ordinal);
    }

    private static async Task BindAsync(LabSession lab, string policy, string actions = "Deny")
    {
        (await lab.PostAsync(Policies, policy)).Expect(201);
        (await lab.PostAsync(Bindings, Binding(actions))).Expect(201);
    }

    private static string Policy(Action<JsonObject> change)
    {
        var policy = JsonNode.Parse("""
            {
              "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": { "name": "p" },
              "spec": {
                "matchConstraints": { "resourceRules": [{ "apiGroups": ["lab.example.com"], "apiVersions": ["*"], "operations": ["*"], "resources": ["boxes"] }] },
                "validations": [{ "expression": "true" }]
              }
            }
            """)!;
        change(policy["spec"]!.AsObject());
        return policy.ToJsonString();
    }

    private static string Binding(string actions) => $$"""
        { "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": { "name": "b" },
          "spec": { "policyName": "p", "validationActions": ["{{actions}}"] } }
        """;

    private static JsonArray Validations(string expression) => [Validation(expression, "write something else")];

    private static JsonObject Validation(string expression, string message) => new() { ["expression"] = expression, ["message"] = message };
}
