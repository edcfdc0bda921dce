using System.Text;

namespace Caphr.Conformance.Kube;

/// <summary>The built-in kinds that CAPHR and its users keep things in: Secrets, ConfigMaps, Events, Leases, ServiceAccounts.</summary>
public sealed class BuiltInTests(KubeCluster cluster) : KubeCase(cluster)
{
    private string EventPath => $"/api/v1/namespaces/{Space}/events";

    private string LeasePath => $"/apis/coordination.k8s.io/v1/namespaces/{Space}/leases";

    [Fact]
    public async Task A_Secret_takes_plain_text_and_shows_it_encoded()
    {
        var created = await NewSecretAsync("\"stringData\": { \"password\": \"hush\" }, \"data\": { \"user\": \"cm9ib3Q=\" }");

        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes("hush")), created.At("data", "password"));
        Assert.Equal("cm9ib3Q=", created.At("data", "user"));
        Assert.Null(created.Node("stringData"));
    }

    [Fact]
    public async Task Plain_text_wins_over_what_is_encoded()
    {
        var created = await NewSecretAsync("\"stringData\": { \"a\": \"new\" }, \"data\": { \"a\": \"b2xk\" }");

        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes("new")), created.At("data", "a"));
    }

    [Fact]
    public async Task A_Secret_is_opaque_unless_said_otherwise() => Assert.Equal("Opaque", (await NewSecretAsync("\"data\": {}")).At("type"));

    [Fact]
    public async Task A_Secret_keeps_its_type()
    {
        await NewSecretAsync("\"type\": \"cluster.x-k8s.io/secret\"");

        (await Api.MergeAsync($"{SecretPath}/one", """{ "type": "Opaque" }""")).Refused(422, "Invalid");
    }

    [Fact]
    public async Task A_Secret_holds_base64_and_nothing_else() =>
        (await Api.PostAsync(SecretPath, Secret("\"data\": { \"a\": \"%%%\" }"))).Refused(400, "BadRequest");

    [Fact]
    public async Task A_Secret_has_keys_that_can_be_file_names() =>
        (await Api.PostAsync(SecretPath, Secret("\"data\": { \"a b\": \"YQ==\" }"))).Refused(422, "Invalid");

    [Fact]
    public async Task Secrets_are_found_by_their_type()
    {
        await NewSecretAsync("\"type\": \"cluster.x-k8s.io/secret\"");

        Assert.Equal(["one"], (await Api.GetAsync($"{SecretPath}?fieldSelector={Query("type=cluster.x-k8s.io/secret")}")).Is(200).Names);
        Assert.Empty((await Api.GetAsync($"{SecretPath}?fieldSelector={Query("type=none")}")).Is(200).Names);
    }

    [Theory]
    [InlineData("secrets", "\"data\": { \"a\": \"YQ==\" }", "{ \"data\": { \"a\": \"Yg==\" } }")]
    [InlineData("configmaps", "\"data\": { \"a\": \"a\" }", "{ \"data\": { \"a\": \"b\" } }")]
    public async Task What_was_made_immutable_stays_so(string plural, string data, string change)
    {
        var path = $"/api/v1/namespaces/{Space}/{plural}";
        var kind = plural == "secrets" ? "Secret" : "ConfigMap";
        (await Api.PostAsync(path, $$"""{ "apiVersion": "v1", "kind": "{{kind}}", "metadata": { "name": "one" }, "immutable": true, {{data}} }""")).Is(201);

        (await Api.MergeAsync($"{path}/one", change)).Refused(422, "Invalid");
        (await Api.MergeAsync($"{path}/one", """{ "immutable": false }""")).Refused(422, "Invalid");
        (await Api.MergeAsync($"{path}/one", """{ "metadata": { "labels": { "a": "b" } } }""")).Is(200);
        (await Api.DeleteAsync($"{path}/one")).Is(200);
    }

    [Fact]
    public async Task A_ConfigMap_holds_text_and_bytes_under_different_keys()
    {
        var created = (await Api.PostAsync(ConfigMapPath, ConfigMap("one").Replace("\"data\":", "\"binaryData\": { \"b\": \"AAE=\" }, \"data\":", StringComparison.Ordinal))).Is(201);

        Assert.Equal(("1", "AAE="), (created.At("data", "a"), created.At("binaryData", "b")));
        (await Api.PostAsync(ConfigMapPath, ConfigMap("two", "\"a b\": \"1\""))).Refused(422, "Invalid");
    }

    [Fact]
    public async Task A_ConfigMap_holds_text_and_not_numbers() => (await Api.PostAsync(ConfigMapPath, ConfigMap("one", "\"a\": 1"))).Refused(400, "BadRequest");

    [Fact]
    public async Task A_strict_client_is_told_of_unknown_fields_of_built_in_kinds()
    {
        var odd = ConfigMap("one").Replace("\"data\":", "\"odd\": 1, \"data\":", StringComparison.Ordinal);

        (await Api.PostAsync($"{ConfigMapPath}?fieldValidation=Strict", odd)).Refused(400, "BadRequest");
        Assert.Null((await Api.PostAsync(ConfigMapPath, odd)).Is(201).Node("odd"));
    }

    [Fact]
    public async Task Events_are_found_by_what_they_are_about()
    {
        foreach (var (name, about, type) in new[] { ("a.1", "a", "Normal"), ("a.2", "a", "Warning"), ("b.1", "b", "Normal") })
        {
            (await Api.PostAsync(EventPath, Event(name, about, Space, type))).Is(201);
        }

        Assert.Equal(["a.1", "a.2"], await NamesAsync("involvedObject.name=a,involvedObject.kind=Widget"));
        Assert.Equal(["a.2"], await NamesAsync("involvedObject.name=a,type=Warning"));
        Assert.Equal(3, (await NamesAsync($"involvedObject.namespace={Space},reason=Seen")).Count);

        async Task<IReadOnlyList<string>> NamesAsync(string selector) => (await Api.GetAsync($"{EventPath}?fieldSelector={Query(selector)}")).Is(200).Names;
    }

    [Fact]
    public async Task An_Event_lies_where_its_object_lies() =>
        (await Api.PostAsync(EventPath, Event("a.1", "a", "elsewhere", "Normal"))).Refused(422, "Invalid");

    [Fact]
    public async Task An_Event_counts_what_happens_again()
    {
        (await Api.PostAsync(EventPath, Event("a.1", "a", Space, "Normal"))).Is(201);

        var repeated = (await Api.MergeAsync($"{EventPath}/a.1", """{ "count": 2, "lastTimestamp": "2026-01-01T00:01:00Z" }""")).Is(200);

        Assert.Equal(("2", "2026-01-01T00:01:00Z"), (repeated.At("count"), repeated.At("lastTimestamp")));
    }

    [Fact]
    public async Task A_Lease_is_taken_over_by_one_of_two()
    {
        var held = (await Api.PostAsync(LeasePath, Lease("first"))).Is(201);
        var (one, other) = (held.Json, held.Json);
        one["spec"]!["holderIdentity"] = "second";
        other["spec"]!["holderIdentity"] = "third";

        (await Api.PutAsync($"{LeasePath}/one", one)).Is(200);
        (await Api.PutAsync($"{LeasePath}/one", other)).Refused(409, "Conflict");

        Assert.Equal("second", (await Api.GetAsync($"{LeasePath}/one")).At("spec", "holderIdentity"));
    }

    [Fact]
    public async Task A_Lease_keeps_its_times_to_the_microsecond()
    {
        var renewed = (await Api.PostAsync(LeasePath, Lease("first", "\"renewTime\": \"2026-01-02T03:04:05.678901Z\""))).Is(201);

        Assert.Equal("2026-01-02T03:04:05.678901Z", renewed.At("spec", "renewTime"));
    }

    [Theory]
    [InlineData("\"leaseDurationSeconds\": 0", "spec.leaseDurationSeconds")]
    [InlineData("\"leaseTransitions\": -1", "spec.leaseTransitions")]
    public async Task A_Lease_lasts_longer_than_nothing(string spec, string field) =>
        (await Api.PostAsync(LeasePath, Lease("first", spec))).Invalid("FieldValueInvalid", field);

    [Fact]
    public async Task A_ServiceAccount_is_kept_with_what_it_says()
    {
        var path = $"/api/v1/namespaces/{Space}/serviceaccounts";

        (await Api.PostAsync(path, """
            { "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "one" }, "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "a" }] }
            """)).Is(201);

        var read = (await Api.GetAsync($"{path}/one")).Is(200);
        Assert.Equal(("false", "a"), (read.At("automountServiceAccountToken"), read.At("imagePullSecrets", "0", "name")));
    }

    private async Task<Reply> NewSecretAsync(string members) => (await Api.PostAsync(SecretPath, Secret(members))).Is(201);

    private static string Secret(string members) => $$"""{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "one" }, {{members}} }""";

    private static string Lease(string holder, string spec = "\"leaseDurationSeconds\": 15") => $$"""
        { "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "one" }, "spec": { "holderIdentity": "{{holder}}", {{spec}} } }
        """;

    private string Event(string name, string about, string where, string type) => $$"""
        { "apiVersion": "v1", "kind": "Event", "metadata": { "name": "{{name}}" }, "type": "{{type}}", "reason": "Seen", "message": "seen", "count": 1,
          "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z", "source": { "component": "conformance" },
          "involvedObject": { "apiVersion": "{{Cluster.Group}}/v1", "kind": "Widget", "name": "{{about}}", "namespace": "{{where}}" } }
        """;
}
