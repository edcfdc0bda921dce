using System.Net.Security;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Machine;
using Google.Protobuf;

namespace Caphr.Lab.Tests.Talos;

/// <summary>CAPHR's table of what may be called beside the nodes' own, over the wire: every call, in every generation, mode and role.</summary>
public sealed class PermissionTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    public static TheoryData<string, byte> Releases => new() { { "v1.12.4", 170 }, { "v1.13.9", 171 }, { "v1.14.0", 172 } };

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task In_maintenance_a_node_does_with_every_call_what_the_table_says(string version, byte network)
    {
        await using var lab = await TalosLab.StartAsync(network);
        await lab.BootAsync(version);
        using var channel = Open(lab, certificate: null);
        var generation = TalosVersion.Parse(version).Generation;

        foreach (var call in Enum.GetValues<TalosCall>())
        {
            var status = await MakeAsync(channel, call);
            switch (TalosRules.For(call, generation, TalosMode.Maintenance))
            {
                case CallRule.Allowed allowed:
                    Assert.Null(allowed.LeastRole);
                    Assert.False(IsTurnedAway(status), $"{call} on {version}: {status}");
                    break;
                case CallRule.Refused refused:
                    Assert.Equal((call, refused.Code), (call, status?.Code));
                    break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task A_secured_node_asks_for_the_role_the_table_says_and_for_no_more(string version, byte network)
    {
        await using var lab = await TalosLab.StartAsync((byte)(network + 3));
        var generation = TalosVersion.Parse(version).Generation;
        await lab.BringUpAsync(version, lab.Server);

        foreach (var role in Enum.GetValues<TalosRole>())
        {
            using var certificate = TalosClientCertificate.Mint(lab.Cluster.Authority, role, TimeSpan.FromHours(1), lab.Clock.GetUtcNow());
            using var channel = Open(lab, certificate);
            // What the node carries out would end the test, so a request that means nothing is sent with it.
            foreach (var call in Enum.GetValues<TalosCall>().Except([TalosCall.Reboot, TalosCall.Reset]))
            {
                var least = Assert.IsType<CallRule.Allowed>(TalosRules.For(call, generation, TalosMode.Secured)).LeastRole;
                Assert.Equal(IsAmong(role, least!.Value), (await MakeAsync(channel, call))?.Code != GrpcStatusCode.PermissionDenied);
            }
        }
    }

    [Theory]
    [InlineData(TalosRole.Reader, false)]
    [InlineData(TalosRole.MetaWriter, false)]
    [InlineData(TalosRole.Operator, true)]
    [InlineData(TalosRole.Admin, true)]
    public async Task A_reboot_is_for_operators(TalosRole role, bool may)
    {
        await using var lab = await TalosLab.StartAsync((byte)(176 + (int)role));
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server, role);

        var outcome = await client.Machine(version).RebootAsync(RebootMode.Default, CancellationToken.None);

        Assert.Equal(may ? null : TalosError.NotAuthorized, outcome.Failure?.Error);
    }

    /// <summary>os:meta:writer stands beside the others, and os:admin above all of them.</summary>
    private static bool IsAmong(TalosRole role, TalosRole least) => role == least || role == TalosRole.Admin || (role, least) == (TalosRole.Operator, TalosRole.Reader);

    private static bool IsTurnedAway(GrpcStatus? status) => status?.Code is GrpcStatusCode.Unimplemented or GrpcStatusCode.PermissionDenied;

    private static GrpcChannel Open(TalosLab lab, TalosClientCertificate? certificate) => new(
        lab.Node,
        new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate.Certificate, additionalCertificates: null, offline: true),
        },
        lab.Clock);

    private static async Task<GrpcStatus?> MakeAsync(GrpcChannel channel, TalosCall call) => call switch
    {
        TalosCall.ReadState => await StatusAsync(channel, TalosMethods.Get, new GetRequest { Namespace = "runtime", Type = TalosResource.Version.Type, Id = "version" }),
        TalosCall.Version => await StatusAsync(channel, TalosMethods.Version, new Empty()),
        TalosCall.ApplyConfiguration => await StatusAsync(channel, TalosMethods.ApplyConfiguration, new ApplyConfigurationRequest()),
        TalosCall.Disks => await StatusAsync(channel, TalosMethods.Disks, new Empty()),
        TalosCall.ServiceList => await StatusAsync(channel, TalosMethods.ServiceList, new Empty()),
        TalosCall.Reboot => await StatusAsync(channel, TalosMethods.Reboot, new RebootRequest()),
        TalosCall.Reset => await StatusAsync(channel, TalosMethods.Reset, new ResetRequest()),
        TalosCall.Upgrade => await StatusAsync(channel, TalosMethods.Upgrade, new UpgradeRequest()),
        TalosCall.MetaWrite => await StatusAsync(channel, TalosMethods.MetaWrite, new MetaWriteRequest { Key = 12 }),
        TalosCall.EtcdMemberList => await StatusAsync(channel, TalosMethods.EtcdMemberList, new EtcdMemberListRequest()),
        TalosCall.EtcdStatus => await StatusAsync(channel, TalosMethods.EtcdStatus, new Empty()),
        TalosCall.EtcdLeaveCluster => await StatusAsync(channel, TalosMethods.EtcdLeaveCluster, new EtcdLeaveClusterRequest()),
        TalosCall.EtcdRemoveMember => await StatusAsync(channel, TalosMethods.EtcdRemoveMember, new EtcdRemoveMemberByIDRequest()),
    };

    private static async Task<GrpcStatus?> StatusAsync<TRequest, TResponse>(GrpcChannel channel, GrpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var outcome = await channel.CallAsync(method, request, s_deadline, CancellationToken.None);
        Assert.True(outcome.Succeeded || outcome.Failure.Error == GrpcError.Status, outcome.Failure?.ToString());
        return outcome.Failure?.Status;
    }
}
