using Caphr.Lab.StandIns.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>
/// How large each MachineSet of a MachineDeployment may be now. Both limits of a rolling update are kept at every moment: never more
/// Machines than wanted plus the surge, never fewer that are available than wanted less what may be missing.
/// </summary>
internal static class Rollout
{
    private static readonly IntOrPercent s_defaultSurge = new(1);
    private static readonly IntOrPercent s_defaultUnavailable = new(0);

    public static IReadOnlyDictionary<MachineSet, int> Sizes(MachineDeployment deployment, MachineSet newest, IReadOnlyList<MachineSet> old, Observed observed)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        return deployment.Spec.Rollout?.Strategy?.Type == RolloutType.OnDelete
            ? OnDelete(wanted, newest, old, observed)
            : Rolling(deployment, wanted, newest, old, observed);
    }

    private static Dictionary<MachineSet, int> Rolling(MachineDeployment deployment, int wanted, MachineSet newest, IReadOnlyList<MachineSet> old, Observed observed)
    {
        var limits = deployment.Spec.Rollout?.Strategy?.RollingUpdate;
        var surge = (limits?.MaxSurge ?? s_defaultSurge).Of(wanted, roundUp: true);
        var missing = Math.Min((limits?.MaxUnavailable ?? s_defaultUnavailable).Of(wanted, roundUp: false), wanted);
        // Neither more nor fewer would be no movement at all.
        if (surge == 0 && missing == 0) missing = 1;

        var sizes = new Dictionary<MachineSet, int> { [newest] = SizeOf(newest) };
        foreach (var set in old) sizes[set] = SizeOf(set);
        // Machines that are on their way out still have their servers.
        var present = old.Append(newest).Sum(set => Math.Max(SizeOf(set), observed.MachinesOf(set).Count()));
        var room = Math.Max(0, wanted + surge - present);
        sizes[newest] = SizeOf(newest) > wanted ? wanted : Math.Min(wanted, SizeOf(newest) + room);

        var newestNotThere = SizeOf(newest) - Available(newest, observed);
        var spare = sizes.Sum(size => size.Key == newest ? SizeOf(newest) : size.Value) - (wanted - missing) - newestNotThere;
        // First those that are of no use anyway, oldest revision first; then as many others as may be missing.
        foreach (var set in old) spare -= Shrink(set, Math.Min(spare, SizeOf(set) - Available(set, observed)));
        spare = Math.Min(spare, old.Append(newest).Sum(set => Available(set, observed)) - (wanted - missing));
        foreach (var set in old) spare -= Shrink(set, spare);
        return sizes;

        int Shrink(MachineSet set, int by)
        {
            var taken = Math.Clamp(by, 0, sizes[set]);
            sizes[set] -= taken;
            return taken;
        }
    }

    private static Dictionary<MachineSet, int> OnDelete(int wanted, MachineSet newest, IReadOnlyList<MachineSet> old, Observed observed)
    {
        var sizes = old.ToDictionary(set => set, set => Math.Min(SizeOf(set), observed.MachinesOf(set).Count(machine => !machine.Metadata.BeingDeleted)));
        var excess = sizes.Values.Sum() - wanted;
        foreach (var set in old)
        {
            var taken = Math.Clamp(excess, 0, sizes[set]);
            sizes[set] -= taken;
            excess -= taken;
        }

        sizes[newest] = Math.Max(0, wanted - sizes.Values.Sum());
        return sizes;
    }

    private static int SizeOf(MachineSet set) => set.Spec.Replicas ?? 1;

    private static int Available(MachineSet set, Observed observed) => ReplicaCount.Ready(observed.MachinesOf(set));
}
