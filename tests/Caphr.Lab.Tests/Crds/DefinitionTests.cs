using System.Text.Json.Nodes;
using Caphr.Lab.Tests.Kubernetes;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Lab.Tests.Crds;

/// <summary>Each rule of each definition, applied to an API server that serves them: what it accepts, what it refuses, and in which words.</summary>
public sealed class DefinitionTests(CrdLab crds) : IClassFixture<CrdLab>
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kind in Kinds.Names)
            {
                foreach (var one in Kinds.CasesOf(kind)) cases.Add(kind, one.Id);
            }

            return cases;
        }
    }

    public static TheoryData<string> All => [.. Kinds.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_rule_accepts_what_fits_and_refuses_what_does_not_in_words_that_help(string kind, string id)
    {
        var rule = Kinds.CasesOf(kind).Single(one => one.Id == id);
        var name = crds.NextName();

        var accepted = await WriteAsync(kind, rule, name, rule.Accepted(Kinds.CompleteOf(kind, name)));
        var refused = await WriteAsync(kind, rule, name + "-bad", rule.Refused(Kinds.CompleteOf(kind, name)));

        accepted.Expect(rule.IsTransition || rule.IsOfStatus ? 200 : 201);
        refused.Expect(422);
        var said = refused.Json["details"]!["causes"]!.AsArray().Select(cause => (Field: (string)cause!["field"]!, Message: (string)cause["message"]!)).ToList();
        Assert.Contains(said, cause => cause.Field == rule.Field && cause.Message.Contains(rule.Complaint, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_rule_has_its_pair_of_cases_and_every_case_its_rule(string kind)
    {
        var stated = SchemaRules.Of(CrdGenerator.All().Single(definition => (string?)definition["spec"]!["names"]!["kind"] == kind)).ToList();
        var tried = Kinds.CasesOf(kind);

        Assert.Equal([], stated.Where(rule => !tried.Any(one => rule.Is(one))).Select(rule => $"{rule.Path} {rule.Keyword} {rule.Message}"));
        Assert.Equal([], tried.Where(one => !stated.Any(rule => rule.Is(one))).Select(one => one.Id));
        Assert.Equal(tried.Count, tried.Select(one => one.Id).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_manifest_in_which_every_field_has_a_value_is_accepted_without_a_warning(string kind)
    {
        var name = crds.NextName();

        var created = (await crds.Lab.PostAsync(Kinds.PathOf(kind) + "?fieldValidation=Strict", Kinds.CompleteOf(kind, name).ToJsonString())).Expect(201);

        Assert.Empty(created.Warnings);
        Assert.True(JsonNode.DeepEquals(Kinds.CompleteOf(kind, name)["spec"], created.Json["spec"]), created.Text);
    }

    private async Task<Answer> WriteAsync(string kind, RuleCase rule, string name, JsonObject manifest)
    {
        manifest["metadata"]!["name"] = name;
        if (!rule.IsTransition && !rule.IsOfStatus) return await crds.Lab.PostAsync(Kinds.PathOf(kind), manifest.ToJsonString());

        var before = rule.Before(Kinds.CompleteOf(kind, name));
        var created = (await crds.Lab.PostAsync(Kinds.PathOf(kind), before.ToJsonString())).Expect(201);
        manifest["metadata"]!["resourceVersion"] = created.Version;
        return await crds.Lab.PutAsync($"{Kinds.PathOf(kind)}/{name}{(rule.IsOfStatus ? "/status" : "")}", manifest);
    }
}
