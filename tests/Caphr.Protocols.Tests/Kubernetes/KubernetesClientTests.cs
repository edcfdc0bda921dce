using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class KubernetesClientTests
{
    private const string Group = "/apis/infrastructure.cluster.x-k8s.io/v1alpha1";
    private static readonly ObjectKey Node6 = new("default", "node6");

    [Fact]
    public async Task Get_reads_one_object_by_its_path()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, """{"kind":"HetznerRobotHost","metadata":{"name":"node6","namespace":"default","labels":null},"spec":{"serverID":2938104,"lifecycleClass":"control-plane"}}""");
        using var client = server.Client();

        var host = (await client.GetAsync<HetznerRobotHost>(Node6, default)).Value;

        Assert.Equal($"GET {Group}/namespaces/default/hetznerrobothosts/node6", server.Seen[0].Line);
        Assert.Equal(2938104, host.Spec.ServerID);
        Assert.Equal(LifecycleClass.ControlPlane, host.Spec.LifecycleClass);
        // Go writes null for a map nobody set.
        Assert.Empty(host.Metadata.Labels);
    }

    [Fact]
    public async Task List_reads_every_page_and_keeps_the_version_to_watch_from()
    {
        await using var server = await ApiServerDouble.StartAsync();
        var hosts = new HostCollection();
        for (var i = 1; i <= 7; i++) hosts.Put($"node{i}", i);
        server.Answers(hosts.AnswerAsync);
        using var client = server.Client(options: new KubernetesClientOptions { PageSize = 3 });

        var list = (await client.ListAsync<HetznerRobotHost>(Selection.In("default") with { Labels = "role in (compute)" }, default)).Value;

        Assert.Equal(Enumerable.Range(1, 7), list.Items.Select(host => host.Spec.ServerID));
        Assert.Equal("107", list.ResourceVersion);
        Assert.Equal(3, server.Seen.Count);
        Assert.All(server.Seen, seen => Assert.Equal("role in (compute)", seen.Query["labelSelector"]));
    }

    [Fact]
    public async Task A_list_whose_page_leads_to_itself_ends_as_malformed()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => server.Seen.Count < 5
            ? ApiServerDouble.Reply(context, 200, """{"metadata":{"continue":"again"},"items":[]}""")
            : ApiServerDouble.Reply(context, 500, ""));
        using var client = server.Client();

        Assert.Equal(KubernetesError.Malformed, (await client.ListAsync<HetznerRobotHost>(Selection.Everything, default)).Failure!.Error);
        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task Create_posts_the_object_with_its_kind_and_without_empty_lists()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(201, """{"metadata":{"name":"node6","uid":"u1"}}""");
        using var client = server.Client();

        await client.CreateAsync(new HetznerRobotHost { Metadata = new ObjectMeta { Name = "node6", Namespace = "default" }, Spec = new HetznerRobotHostSpec { ServerID = 7 } }, default);

        Assert.Equal($"POST {Group}/namespaces/default/hetznerrobothosts", server.Seen[0].Line);
        Assert.Equal("caphr", server.Seen[0].Query["fieldManager"]);
        Assert.Equal(
            """{"spec":{"serverID":7},"status":{},"metadata":{"name":"node6","namespace":"default"},"apiVersion":"infrastructure.cluster.x-k8s.io/v1alpha1","kind":"HetznerRobotHost"}""",
            server.Seen[0].Body);
    }

    [Fact]
    public async Task A_merge_patch_of_the_status_says_only_what_changes_and_guards_the_version()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, """{"metadata":{"name":"node6"}}""");
        using var client = server.Client();

        var patch = Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["phase"] = "Claimed", ["message"] = null } }, onlyIfVersion: "41");
        await client.PatchAsync<HetznerRobotHost>(Node6, patch.ToStatus(), default);

        Assert.Equal($"PATCH {Group}/namespaces/default/hetznerrobothosts/node6/status", server.Seen[0].Line);
        Assert.Equal("application/merge-patch+json", server.Seen[0].ContentType);
        Assert.Equal("""{"status":{"phase":"Claimed","message":null},"metadata":{"resourceVersion":"41"}}""", server.Seen[0].Body);
    }

    [Fact]
    public async Task Server_side_apply_names_manager_and_force_and_no_version()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, """{"metadata":{"name":"x"}}""");
        using var client = server.Client();

        var wanted = new Machine { Metadata = new ObjectMeta { Name = "x", Namespace = "caphr", ResourceVersion = "9", Uid = "u" }, Spec = new MachineSpec { ClusterName = "me" } };
        await client.PatchAsync<Machine>(wanted.Key, Patch.Apply(wanted, force: true), default);

        Assert.Equal("PATCH /apis/cluster.x-k8s.io/v1beta2/namespaces/caphr/machines/x", server.Seen[0].Line);
        Assert.Equal("application/apply-patch+yaml", server.Seen[0].ContentType);
        Assert.Equal(("caphr", "true"), (server.Seen[0].Query["fieldManager"], server.Seen[0].Query["force"]));
        Assert.Equal("""{"metadata":{"name":"x","namespace":"caphr"}}""", JsonNode.Parse(server.Seen[0].Body) is JsonObject body && body.Remove("spec") && body.Remove("status") && body.Remove("apiVersion") && body.Remove("kind") ? body.ToJsonString() : "");
    }

    [Fact]
    public async Task Delete_with_a_uid_deletes_that_incarnation_only()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, """{"kind":"Status","status":"Success"}""");
        using var client = server.Client();

        Assert.True((await client.DeleteAsync<HetznerRobotHost>(Node6, "u1", default)).Succeeded);
        Assert.Equal("u1", (string?)JsonNode.Parse(server.Seen[0].Body)!["preconditions"]!["uid"]);
    }

    [Theory]
    [InlineData(401, "Unauthorized", KubernetesError.Unauthorized, RetryClass.NeedsHuman)]
    [InlineData(403, "Forbidden", KubernetesError.Forbidden, RetryClass.NeedsHuman)]
    [InlineData(404, "NotFound", KubernetesError.NotFound, RetryClass.Never)]
    [InlineData(409, "AlreadyExists", KubernetesError.AlreadyExists, RetryClass.Never)]
    [InlineData(409, "Conflict", KubernetesError.Conflict, RetryClass.Never)]
    [InlineData(410, "Expired", KubernetesError.Gone, RetryClass.Never)]
    [InlineData(415, "UnsupportedMediaType", KubernetesError.Invalid, RetryClass.Never)]
    [InlineData(422, "Invalid", KubernetesError.Invalid, RetryClass.Never)]
    [InlineData(429, "TooManyRequests", KubernetesError.TooManyRequests, RetryClass.AfterTime)]
    [InlineData(500, "InternalError", KubernetesError.ServerError, RetryClass.WithBackoff)]
    [InlineData(503, "ServiceUnavailable", KubernetesError.ServerError, RetryClass.WithBackoff)]
    [InlineData(504, "Timeout", KubernetesError.AnswerLost, RetryClass.Unknown)]
    [InlineData(302, "", KubernetesError.Malformed, RetryClass.WithBackoff)]
    public async Task A_refused_write_is_a_failure_that_says_what_the_server_said(int code, string reason, KubernetesError error, RetryClass retry)
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(code, ApiServerDouble.Refusal(reason, "because of this"));
        using var client = server.Client();

        var failure = (await client.PatchAsync<HetznerRobotHost>(Node6, Patch.Merge([]), default)).Failure!;

        Assert.Equal((error, retry), (failure.Error, failure.Retry));
        Assert.Equal($"Could not patch hetznerrobothosts default/node6: the API server answered {code}: because of this", failure.Message);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task A_read_that_the_server_gave_up_on_may_simply_be_repeated()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(504, ApiServerDouble.Refusal("Timeout", "slow"));
        using var client = server.Client();

        Assert.Equal(KubernetesError.TimedOut, (await client.GetAsync<HetznerRobotHost>(Node6, default)).Failure!.Error);
    }

    [Theory]
    [InlineData("7", "{}", 7)]
    [InlineData(null, """{"retryAfterSeconds":3}""", 3)]
    [InlineData(null, "{}", null)]
    public async Task A_busy_server_says_when_to_come_back(string? header, string details, int? seconds)
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context =>
        {
            if (header is not null) context.Response.Headers.RetryAfter = header;
            return ApiServerDouble.Reply(context, 429, ApiServerDouble.Refusal("TooManyRequests", "busy", details));
        });
        using var client = server.Client();

        Assert.Equal(seconds, (int?)(await client.GetAsync<HetznerRobotHost>(Node6, default)).Failure!.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("<html>not found</html>")]
    [InlineData("")]
    [InlineData("{\"metadata\": 7}")]
    [InlineData("null")]
    public async Task An_answer_that_is_not_the_object_is_malformed_and_not_an_exception(string body)
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, body);
        using var client = server.Client();

        Assert.Equal(KubernetesError.Malformed, (await client.GetAsync<HetznerRobotHost>(Node6, default)).Failure!.Error);
    }

    [Fact]
    public async Task A_refusal_in_html_still_counts_by_its_status_code()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(503, "<html>" + new string('x', 100_000));
        using var client = server.Client();

        var failure = (await client.GetAsync<HetznerRobotHost>(Node6, default)).Failure!;
        Assert.Equal(KubernetesError.ServerError, failure.Error);
        Assert.DoesNotContain("xxx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_read_times_out_and_a_slow_write_is_of_unknown_outcome()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => Task.Delay(Timeout.InfiniteTimeSpan, new RealTime(), context.RequestAborted));
        var time = new ManualTime();
        using var client = server.Client(time, new KubernetesClientOptions { CallTimeout = TimeSpan.FromSeconds(20) });

        var read = client.GetAsync<HetznerRobotHost>(Node6, default);
        await Eventually.HoldsAsync(() => server.Seen.Count == 1, "the read arrived");
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(KubernetesError.TimedOut, (await read).Failure!.Error);

        var write = client.PatchAsync<HetznerRobotHost>(Node6, Patch.Merge([]), default);
        await Eventually.HoldsAsync(() => server.Seen.Count == 2, "the write arrived");
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(KubernetesError.AnswerLost, (await write).Failure!.Error);
    }

    [Fact]
    public async Task A_caller_who_cancels_gets_an_exception_and_no_failure()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => Task.Delay(Timeout.InfiniteTimeSpan, new RealTime(), context.RequestAborted));
        using var client = server.Client();
        using var cancellation = new CancellationTokenSource();

        var read = client.GetAsync<HetznerRobotHost>(Node6, cancellation.Token);
        await Eventually.HoldsAsync(() => server.Seen.Count == 1, "the read arrived");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_a_write_unknown_and_a_read_unreachable()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var client = server.Client();

        Assert.Equal(KubernetesError.AnswerLost, (await client.PatchAsync<HetznerRobotHost>(Node6, Patch.Merge([]), default)).Failure!.Error);
        Assert.Equal(KubernetesError.Unreachable, (await client.GetAsync<HetznerRobotHost>(Node6, default)).Failure!.Error);
    }

    [Fact]
    public async Task Nobody_listening_means_that_even_a_write_was_certainly_not_done()
    {
        Uri address;
        await using (var server = await ApiServerDouble.StartAsync()) address = server.Address;
        using var client = new KubernetesClient(new KubernetesConnection { Server = address }, new RealTime());

        var failure = (await client.PatchAsync<HetznerRobotHost>(Node6, Patch.Merge([]), default)).Failure!;
        Assert.Equal((KubernetesError.Unreachable, RetryClass.WithBackoff), (failure.Error, failure.Retry));
    }

    [Fact]
    public async Task What_the_server_says_about_a_secret_is_not_repeated()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(422, ApiServerDouble.Refusal("Invalid", "data: Invalid value: hunter2"));
        using var client = server.Client();

        var failure = (await client.CreateAsync(new Secret { Metadata = new ObjectMeta { Name = "robot", Namespace = "caphr" } }, default)).Failure!;
        Assert.Equal("Could not create secrets caphr/robot: the API server answered 422 Invalid.", failure.Message);
    }

    [Fact]
    public void A_secret_decodes_its_data_and_prints_none_of_it()
    {
        var secret = System.Text.Json.JsonSerializer.Deserialize<Secret>(
            """{"metadata":{"name":"robot","namespace":"caphr"},"data":{"robot-password":"aHVudGVyMg=="}}""", KubernetesJson.Options)!;

        Assert.Equal("hunter2", secret.Text("robot-password"));
        Assert.Null(secret.Text("robot-user"));
        Assert.Equal("Secret caphr/robot", $"{secret}");
    }
}
