namespace Caphr.Conformance.Kube;

/// <summary>Who is let in. Whether an unknown caller is nobody (401) or anonymous without any right (403) is for the server to choose.</summary>
public sealed class AuthenticationTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const string Review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private const string Question = """{ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" }""";

    [Fact]
    public async Task The_connection_is_encrypted_and_speaks_HTTP_2()
    {
        Assert.Equal("https", Cluster.Connection.Server.Scheme);
        Assert.Equal(new Version(2, 0), (await Api.GetAsync("/version")).Is(200).Protocol);
    }

    [Fact]
    public async Task A_stranger_sees_nothing()
    {
        using var stranger = Cluster.As(token: null);

        (await stranger.GetAsync(SecretPath)).Is(401, 403);
        (await stranger.PostAsync(ConfigMapPath, ConfigMap("one"))).Is(401, 403);
        (await Api.GetAsync($"{ConfigMapPath}/one")).Is(404);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl")]
    public async Task A_wrong_token_is_worse_than_none(string token)
    {
        using var liar = Cluster.As(token);

        (await liar.GetAsync(SecretPath)).Refused(401, "Unauthorized");
    }

    [Fact]
    public async Task A_wrong_token_opens_no_watch()
    {
        using var liar = Cluster.As("wrong");

        using var feed = await liar.WatchAsync(WidgetPath);

        Assert.Equal(401, feed.Code);
    }

    [Fact]
    public async Task Whoever_is_known_can_ask_who_that_is()
    {
        var me = (await Api.PostAsync(Review, Question)).Is(201);

        Assert.False(string.IsNullOrEmpty(me.At("status", "userInfo", "username")));
        Assert.Contains("system:authenticated", me.Node("status", "userInfo", "groups")!.AsArray().Select(group => group!.GetValue<string>()));
    }

    [Fact]
    public async Task The_token_of_a_ServiceAccount_speaks_for_it()
    {
        var accounts = $"/api/v1/namespaces/{Space}/serviceaccounts";
        (await Api.PostAsync(accounts, """{ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "robot" } }""")).Is(201);
        var issued = (await Api.PostAsync($"{accounts}/robot/token", """
            { "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": { "expirationSeconds": 3600 } }
            """)).Is(201);
        using var robot = Cluster.As(issued.At("status", "token"));

        var me = (await robot.PostAsync(Review, Question)).Is(201);

        Assert.Equal($"system:serviceaccount:{Space}:robot", me.At("status", "userInfo", "username"));
        Assert.Contains($"system:serviceaccounts:{Space}", me.Node("status", "userInfo", "groups")!.AsArray().Select(group => group!.GetValue<string>()));
        Assert.NotNull(issued.At("status", "expirationTimestamp"));
    }

    [Fact]
    public async Task There_is_no_token_for_an_account_that_does_not_exist() => (await Api.PostAsync($"/api/v1/namespaces/{Space}/serviceaccounts/nobody/token", """
        { "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": { } }
        """)).Refused(404, "NotFound");
}
