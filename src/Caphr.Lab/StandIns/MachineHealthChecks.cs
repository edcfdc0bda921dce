using System.Globalization;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>What Cluster API's core does about MachineHealthChecks: it finds the ill and calls for help, and never helps itself.</summary>
internal static class MachineHealthChecks
{
    private const string Succeeded = "HealthCheckSucceeded";
    private const string ByOwner = "OwnerRemediated";
    private const string ByOthers = "ExternallyRemediated";
    private const string SkipAnnotation = "cluster.x-k8s.io/skip-remediation";

    public static IEnumerable<Write> Plan(Observed observed) => observed.HealthChecks
        .Where(check => !check.Metadata.BeingDeleted && !observed.IsPaused(check, check.Spec.ClusterName))
        .SelectMany(check => observed.Cluster(check, check.Spec.ClusterName) is { Metadata.BeingDeleted: false } cluster ? Reconcile(check, cluster, observed) : []);

    private static IEnumerable<Write> Reconcile(MachineHealthCheck check, CoreCluster cluster, Observed observed)
    {
        if (Owners.Adopt(check, Owners.Of(cluster, controller: null), cluster.Metadata.Name) is { } adopt)
        {
            yield return adopt;
            yield break;
        }

        var targets = observed.MachinesOf(cluster).Where(machine => IsWatched(machine, check)).OrderBy(machine => machine.Metadata.Name, StringComparer.Ordinal)
            .Select(machine => (Machine: machine, Diagnosis: Diagnosis.Of(machine, cluster, check.Spec.Checks, observed))).ToList();
        var ill = targets.Where(target => target.Diagnosis is Diagnosis.Ill).ToList();
        var allowance = Allowance(check.Spec.Remediation.TriggerIf, targets.Count, ill.Count);
        if (Say(check, targets, allowance, observed.Now) is { } status) yield return status;

        foreach (var (machine, _) in targets.Where(target => target.Diagnosis is Diagnosis.Well && !target.Machine.Metadata.BeingDeleted))
        {
            if (RequestFor(machine, observed) is { Metadata.BeingDeleted: false } done && check.Spec.Remediation.TemplateRef is not null) yield return new Write.Delete<HetznerRobotRemediation>(done);
            if (Conditions(machine, machine.Status.Conditions.With(Succeeded, holds: true, Succeeded, "", observed.Now)) is { } well) yield return well;
        }

        foreach (var (machine, diagnosis) in ill)
        {
            var found = machine.Status.Conditions.With(Succeeded, holds: false, ((Diagnosis.Ill)diagnosis).Reason, "", observed.Now);
            if (allowance is null || check.Spec.Remediation.TemplateRef is not { } template)
            {
                if (Conditions(machine, allowance is null ? found : CallOwner(machine, found, observed)) is { } told) yield return told;
                continue;
            }

            // As core does it: with one request under way the others that are ill wait for the next round, and it for the one request.
            if (RequestFor(machine, observed) is not null)
            {
                if (Conditions(machine, found) is { } still) yield return still;
                yield break;
            }

            foreach (var write in CallOthers(machine, found, template, observed)) yield return write;
        }
    }

    private static bool IsWatched(CoreMachine machine, MachineHealthCheck check) =>
        check.Spec.Selector.Selects(machine.Metadata) && !machine.Metadata.Annotations.ContainsKey(SkipAnnotation) && !machine.Metadata.CarriesPause();

    /// <summary>How many may be ill, or null when more are: then something larger is wrong, and replacing Machines would not mend it.</summary>
    private static int? Allowance(RemediationTrigger? trigger, int targets, int ill)
    {
        var (least, most) = (0, (trigger?.UnhealthyLessThanOrEqualTo ?? new IntOrPercent(100, IsPercent: true)).Of(targets, roundUp: false));
        if (trigger?.UnhealthyInRange?.Trim('[', ']').Split('-') is [var from, var to])
            (least, most) = (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture));
        return ill == 0 || (ill >= least && ill <= most) ? most : null;
    }

    private static Write? Say(MachineHealthCheck check, List<(CoreMachine Machine, Diagnosis Diagnosis)> targets, int? allowance, DateTimeOffset now)
    {
        var ill = targets.Count(target => target.Diagnosis is Diagnosis.Ill);
        return Status.Become(check, check.Status, check.Status with
        {
            ExpectedMachines = targets.Count,
            CurrentHealthy = targets.Count(target => target.Diagnosis is Diagnosis.Well),
            RemediationsAllowed = allowance is { } most ? Math.Max(0, most - ill) : 0,
            Targets = [.. targets.Select(target => target.Machine.Metadata.Name)],
            ObservedGeneration = check.Metadata.Generation,
            Conditions = check.Status.Conditions.With("RemediationAllowed", allowance is not null, allowance is null ? "TooManyUnhealthy" : "RemediationAllowed", "", now),
        });
    }

    private static IReadOnlyList<Condition> CallOwner(CoreMachine machine, IReadOnlyList<Condition> found, Observed observed) =>
        machine.Is(ByOwner, "False") ? found : found.With(ByOwner, holds: false, "WaitingForRemediation", "", observed.Now);

    /// <summary>The request comes first and the word about it after, so that whoever reads the word finds the request.</summary>
    private static IEnumerable<Write> CallOthers(CoreMachine machine, IReadOnlyList<Condition> found, RemediationTemplateReference reference, Observed observed)
    {
        var template = observed.RemediationTemplates.FirstOrDefault(candidate =>
            reference.Kind == HetznerRobotRemediationTemplate.Resource.Kind && candidate.Metadata.Namespace == machine.Metadata.Namespace && candidate.Metadata.Name == reference.Name);
        if (template is not null) yield return new Write.Create<HetznerRobotRemediation>(Request(machine, template));
        if (Conditions(machine, found.With(ByOthers, holds: false, template is null ? "RemediationTemplateNotFound" : "WaitingForRemediation", "", observed.Now)) is { } told) yield return told;
    }

    private static HetznerRobotRemediation Request(CoreMachine machine, HetznerRobotRemediationTemplate template) => new()
    {
        Metadata = Cloning.CopyOf(template, template.Spec.Template.Metadata, machine.Metadata.Name, machine.Spec.ClusterName, labelled: null, Owners.Of(machine, controller: null)),
        Spec = template.Spec.Template.Spec,
    };

    private static HetznerRobotRemediation? RequestFor(CoreMachine machine, Observed observed) => observed.Remediations.FirstOrDefault(request => request.Key == machine.Key);

    private static Write? Conditions(CoreMachine machine, IReadOnlyList<Condition> wanted) => Status.Become(machine, machine.Status, machine.Status with { Conditions = wanted });
}
