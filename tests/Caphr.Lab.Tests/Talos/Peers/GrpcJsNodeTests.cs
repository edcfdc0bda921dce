using System.Net.Security;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Runtime;

namespace Caphr.Lab.Tests.Talos.Peers;

/// <summary>CAPHR's client against a gRPC server that is not ours, with the certificates that Talos has and .NET cannot serve.</summary>
public sealed class GrpcJsNodeTests : IDisposable
{
    private static readonly TalosVersion s_version = TalosVersion.Parse("v1.13.9");

#pragma warning disable RS0030 // The peer is another process, and its time is the real one.
    private readonly TimeProvider _clock = TimeProvider.System;
#pragma warning restore RS0030
    private readonly PeerPki _pki;

    public GrpcJsNodeTests() => _pki = new PeerPki(_clock.GetUtcNow());

    public void Dispose() => _pki.Dispose();

    [Fact]
    public async Task A_secured_node_is_known_by_its_Ed25519_chain_and_knows_us_by_the_leaf_we_minted()
    {
        await using var node = await SecuredAsync();

        Assert.Equal(new TalosPresence.Secured(s_version), (await ProbeAsync(node)).Value);
        using var admin = TalosClient.Secured(node.Address, _pki.Identity(TalosRole.Admin), _clock);
        Assert.Equal(["mode 2"], (await admin.ApplyConfigurationAsync("a: b", s_version, CancellationToken.None)).Value.Warnings);
    }

    [Fact]
    public async Task The_role_is_read_from_the_leaf()
    {
        await using var node = await SecuredAsync();
        using var reader = TalosClient.Secured(node.Address, _pki.Identity(TalosRole.Reader), _clock);

        Assert.Equal(s_version, (await reader.ReadVersionAsync(CancellationToken.None)).Value);
        Assert.Equal(new TalosFailure(TalosError.NotAuthorized, "not authorized"), (await reader.ApplyConfigurationAsync("a: b", s_version, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task A_leaf_of_another_cluster_is_turned_away_and_its_chain_by_us()
    {
        await using var node = await SecuredAsync();
        using var other = new PeerPki(_clock.GetUtcNow());
        using var wrongLeaf = TalosClient.Secured(node.Address, new TalosIdentity(_pki.Authority.Certificate, other.Identity(TalosRole.Admin).Certificate), _clock);
        using var wrongChain = TalosClient.Secured(node.Address, other.Identity(TalosRole.Admin), _clock);

        Assert.Equal(TalosError.ConnectionLost, (await wrongLeaf.ReadVersionAsync(CancellationToken.None)).Failure?.Error);
        Assert.Equal(TalosError.ForeignCertificate, (await wrongChain.ReadVersionAsync(CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_node_in_maintenance_is_pinned_and_takes_a_configuration_from_nobody_in_particular()
    {
        _pki.WriteMaintenance();
        await using var node = await GrpcJsNode.StartAsync(_pki, "v1.12.4");
        var maintenance = Assert.IsType<TalosPresence.Maintenance>((await ProbeAsync(node)).Value);
        using var client = TalosClient.InMaintenance(node.Address, maintenance.Pin, _clock);
        using var stranger = TalosClient.InMaintenance(node.Address, new SpkiPin("b3RoZXI="), _clock);

        Assert.Equal(TalosVersion.Parse("v1.12.4"), maintenance.Version);
        Assert.Equal(["mode 1"], (await client.ApplyConfigurationAsync("a: b", maintenance.Version, CancellationToken.None)).Value.Warnings);
        Assert.Equal(TalosError.PinMismatch, (await stranger.ApplyConfigurationAsync("a: b", maintenance.Version, CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task Codes_and_words_arrive_as_they_were_sent_but_for_what_is_secret()
    {
        await using var node = await SecuredAsync();
        using var admin = TalosClient.Secured(node.Address, _pki.Identity(TalosRole.Admin), _clock);

        var invalid = (await admin.ApplyConfigurationAsync("token: refuse-hunter2", s_version, CancellationToken.None)).Failure;
        var busy = (await admin.ApplyConfigurationAsync("a: busy", s_version, CancellationToken.None)).Failure;
        var missing = (await admin.State.GetAsync(TalosResource.Hostname, CancellationToken.None)).Failure;

        Assert.Equal(new TalosFailure(TalosError.ConfigurationInvalid, "100% invalid: ü in token: •••"), invalid);
        Assert.Equal(new TalosFailure(TalosError.ApplyInProgress, "another apply configuration is already in progress"), busy);
        Assert.Equal(new TalosFailure(TalosError.NotFound, "resource hostname doesn't exist"), missing);
    }

    [Fact]
    public async Task A_stream_of_a_thousand_messages_arrives_whole_and_in_order()
    {
        await using var node = await SecuredAsync();
        using var channel = Channel(node);

        var numbers = new List<string>();
        await foreach (var answer in channel.StreamAsync(TalosMethods.Watch, Watch("thousand"), TimeSpan.FromSeconds(30), CancellationToken.None))
            numbers.AddRange(answer.Value.Event.Select(change => change.Resource.Metadata.Version));

        Assert.Equal(Enumerable.Range(1, 1000).Select(number => $"{number}"), numbers);
    }

    [Fact]
    public async Task A_status_in_the_trailers_ends_a_stream_after_what_came_before_it()
    {
        await using var node = await SecuredAsync();
        using var channel = Channel(node);

        var answers = await channel.StreamAsync(TalosMethods.Watch, Watch("trailer"), TimeSpan.FromSeconds(30), CancellationToken.None).ToListAsync();

        Assert.Equal(3, answers.Count);
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Unavailable, "listener is going away"), answers[2].Failure?.Status);
    }

    [Fact]
    public async Task A_deadline_is_kept_and_the_node_hears_of_it()
    {
        await using var node = await SecuredAsync();
        using var channel = Channel(node);
        // The connection is not what is waited for.
        Assert.True((await channel.CallAsync(TalosMethods.Version, new Empty(), TimeSpan.FromSeconds(30), CancellationToken.None)).Succeeded);

        var failure = (await channel.CallAsync(TalosMethods.Get, new GetRequest { Id = "never" }, TimeSpan.FromSeconds(3), CancellationToken.None)).Failure;

        // Whoever looks at the clock first says so.
        Assert.True(failure?.Error == GrpcError.DeadlineExceeded || failure?.Status?.Code == GrpcStatusCode.DeadlineExceeded, failure?.ToString());
        Assert.Equal("cancelled never", await node.HearAsync());
    }

    [Fact]
    public async Task A_cancellation_is_heard_by_the_node()
    {
        await using var node = await SecuredAsync();
        using var client = TalosClient.Secured(node.Address, _pki.Identity(TalosRole.Reader), _clock);
        using var enough = new CancellationTokenSource();
        await using var watch = client.WatchMachineStatusAsync(enough.Token).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.True(watch.Current.Value.IsRunningAndReady);

        var next = watch.MoveNextAsync();
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal("cancelled machine", await node.HearAsync());
    }

    [Fact]
    public async Task A_node_that_dies_in_the_middle_of_a_watch_is_a_lost_connection()
    {
        await using var node = await SecuredAsync();
        using var client = TalosClient.Secured(node.Address, _pki.Identity(TalosRole.Reader), _clock);
        var resource = new TalosResource<MachineStatusSpec>("runtime", TalosResource.MachineStatus.Type, "death", MachineStatusSpec.Parser);

        var heard = await client.State.WatchAsync(resource, CancellationToken.None).ToListAsync();

        Assert.Equal([true, false], heard.Select(answer => answer.Succeeded));
        Assert.Equal(TalosError.ConnectionLost, heard[1].Failure?.Error);
    }

    private static WatchRequest Watch(string id) => new() { Namespace = "runtime", Type = TalosResource.MachineStatus.Type, Id = id, ApiVersion = 1 };

    private Task<GrpcJsNode> SecuredAsync()
    {
        _pki.WriteAuthority();
        _pki.WriteServer();
        return GrpcJsNode.StartAsync(_pki, s_version.ToString());
    }

    private Task<Protocols.Outcome<TalosPresence, TalosFailure>> ProbeAsync(GrpcJsNode node) =>
        TalosClient.ProbeAsync(node.Address, _pki.Identity(TalosRole.Reader), _clock, CancellationToken.None);

    private GrpcChannel Channel(GrpcJsNode node) => new(
        node.Address,
        new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null,
            ClientCertificateContext = SslStreamCertificateContext.Create(_pki.Identity(TalosRole.Reader).Certificate.Certificate, additionalCertificates: null, offline: true),
        },
        _clock);
}
