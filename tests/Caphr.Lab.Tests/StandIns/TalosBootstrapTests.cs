using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class TalosBootstrapTests : IDisposable
{
    private static readonly Observed s_ready = All with { Clusters = [TheCluster.InfrastructureProvisioned()] };

    private readonly LabAuthorities _authorities = new();
    private readonly TalosBootstrap _bootstrap;

    public TalosBootstrapTests() => _bootstrap = new TalosBootstrap(_authorities, new ManualClock(), new Random(1));

    public void Dispose() => _bootstrap.Dispose();

    [Fact]
    public void Nothing_is_made_before_the_clusters_infrastructure_is_provisioned() => Assert.Empty(_bootstrap.Plan(All));

    [Fact]
    public void Nothing_is_made_for_a_configuration_that_core_has_not_given_an_owner()
    {
        var orphan = TheTalosConfig with { Metadata = TheTalosConfig.Metadata with { OwnerReferences = [] } };

        Assert.Empty(_bootstrap.Plan(s_ready with { TalosConfigs = [orphan] }));
    }

    [Fact]
    public void A_cluster_gets_one_bundle_and_a_machine_its_configuration()
    {
        var secrets = _bootstrap.Plan(s_ready).OfType<Write.Create<Secret>>().Select(write => write.Wanted).ToList();

        Assert.Equal([Key("demo-talos"), Key("worker-1-bootstrap-data")], secrets.Select(secret => secret.Key));
        Assert.Contains("certs:", secrets[0].Text("bundle"), StringComparison.Ordinal);
        var configuration = secrets[1].Text("value")!;
        Assert.Contains("type: worker", configuration, StringComparison.Ordinal);
        Assert.Contains("endpoint: https://127.77.0.2:6443", configuration, StringComparison.Ordinal);
        Assert.NotNull(_authorities.For(configuration));
    }

    [Fact]
    public void The_configuration_is_reported_once_its_secret_exists_and_then_never_again()
    {
        _ = _bootstrap.Plan(s_ready).ToList();
        var made = s_ready with { Secrets = new HashSet<ObjectKey> { Key("demo-talos"), Key("worker-1-bootstrap-data") } };

        var report = Assert.IsType<Write.Change<TalosConfig>>(Assert.Single(_bootstrap.Plan(made)));
        Assert.Equal("worker-1-bootstrap-data", (string?)report.Body["status"]!["dataSecretName"]);

        var reported = TheTalosConfig with { Status = TheTalosConfig.Status with { DataSecretName = "worker-1-bootstrap-data" } };
        Assert.Empty(_bootstrap.Plan(made with { TalosConfigs = [reported] }));
    }

    [Fact]
    public void A_machine_that_comes_later_is_configured_from_the_same_bundle()
    {
        var first = Configuration(_bootstrap.Plan(s_ready));
        var second = _bootstrap.Plan(s_ready with { Secrets = new HashSet<ObjectKey> { Key("demo-talos") } }).ToList();

        Assert.Equal(first, Configuration(second));
        Assert.DoesNotContain(second.OfType<Write.Create<Secret>>(), write => write.Wanted.Key == Key("demo-talos"));

        static string? Configuration(IEnumerable<Write> plan) =>
            plan.OfType<Write.Create<Secret>>().Select(write => write.Wanted.Text("value")).Single(value => value is not null);
    }

    [Fact]
    public void A_cluster_with_a_bundle_of_its_own_gets_nothing_that_would_not_fit_it() =>
        Assert.Empty(_bootstrap.Plan(s_ready with { Secrets = new HashSet<ObjectKey> { Key("demo-talos") } }));

    [Fact]
    public void A_machine_on_its_way_out_gets_no_configuration() =>
        Assert.Empty(_bootstrap.Plan(s_ready with { Machines = [TheMachine with { Metadata = TheMachine.Metadata.Deleted() }] }));
}
