using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Effects;

/// <summary>Makes a node's configuration: what the bootstrap provider generated, with the facts of the server in it.</summary>
internal sealed class NodeConfigurations(SecretReader secrets)
{
    private const string ConfigurationKey = "value";

    public async Task<Outcome<NodeConfiguration, StepProblem>> MakeAsync(NodeOrder order, TalosVersion version, CancellationToken cancellation)
    {
        var bootstrap = await secrets.ReadAsync(order.Bootstrap, "the machine configuration", [ConfigurationKey], cancellation);
        if (!bootstrap.TryGet(out var secret, out var problem)) return problem;
        var read = await ReadSharedAsync(order.Node.SharedSecrets, cancellation);
        if (!read.TryGet(out var shared, out problem)) return problem;

        var template = secret.Text(ConfigurationKey)!;
        if (!MachineConfiguration.Place(template, NodeFacts.Of(order, shared), version).TryGet(out var placed, out var unusable)) return StepProblem.From(unusable);
        return placed.FirstRefusal is { } refused
            ? new StepProblem("ConfigurationUnusable", $"{refused.Key} cannot be placed in the machine configuration: {refused.Reason}.", Advice.GiveUp)
            : new NodeConfiguration(template, placed);
    }

    /// <summary>What all control planes must have alike, where the cluster names it.</summary>
    private async Task<Outcome<SharedSecrets?, StepProblem>> ReadSharedAsync(ObjectName? name, CancellationToken cancellation)
    {
        if (name is null) return Outcome<SharedSecrets?, StepProblem>.Of(null);
        var read = await secrets.ReadAsync(name, "the cluster's Talos secrets", [TalosIdentities.BundleKey], cancellation);
        if (!read.TryGet(out var secret, out var problem)) return problem;
        return SharedSecrets.FromBundle(secret.Text(TalosIdentities.BundleKey)!).TryGet(out var shared, out var failure)
            ? shared
            : new StepProblem("TalosSecretsUnreadable", $"{failure.Detail} (Secret {name})", Advice.WaitForPerson);
    }
}

/// <summary>A configuration before and after. Holds secrets, so it does not print itself.</summary>
internal sealed record NodeConfiguration(string Template, PlacedConfiguration Placed)
{
    public override string ToString() => Placed.ToString();
}
