using System.Globalization;
using System.Runtime.InteropServices;
using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>Why a Machine has no server: each group of those it asked for, and what is wrong with it.</summary>
internal sealed class Explanation
{
    private readonly List<(Misfit Why, HostOffer Example, int Count)> _groups;
    private readonly int _asked;

    /// <param name="machine">One that asks for the same as all that this is told to.</param>
    /// <param name="offers">The whole pool.</param>
    public Explanation(WaitingMachine machine, IReadOnlyList<HostOffer> offers)
    {
        var groups = new Dictionary<(Misfit Why, ServerPhase? Phase), (HostOffer Example, int Count)>();
        foreach (var offer in offers)
        {
            if (!machine.Asks(offer)) continue;
            _asked++;
            var why = Fit.Now(machine, offer);
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, (why, why == Misfit.Busy ? offer.Phase : null), out var exists);
            group = (exists ? group.Example : offer, group.Count + 1);
        }

        _groups = [.. groups.OrderByDescending(group => group.Value.Count).ThenBy(group => group.Key).Select(group => (group.Key.Why, group.Value.Example, group.Value.Count))];
    }

    public string For(WaitingMachine machine)
    {
        var sought = machine.HostRef is { } name ? $"HetznerRobotHost {name}" : machine.Selector is { } selector ? $"a HetznerRobotHost with {selector}" : "any HetznerRobotHost";
        if (_asked == 0) return $"There is no such host in namespace {machine.Machine.Namespace}: {sought}.";
        var reasons = _groups.Select(group => _asked == 1
            ? $"it is {Words(group.Why, machine, group.Example, 1)}"
            : string.Create(CultureInfo.InvariantCulture, $"{group.Count} {Words(group.Why, machine, group.Example, group.Count)}"));
        return $"No free server for {sought}: {string.Join(", ", reasons)}.";
    }

    private static string Words(Misfit why, WaitingMachine machine, HostOffer offer, int count) => why switch
    {
        Misfit.None => "just given to another Machine",
        Misfit.Deleting => "being deleted",
        Misfit.OtherDomain => $"not in failure domain {machine.FailureDomain}",
        Misfit.OtherImage => $"not {machine.ImageArchitecture}, which the image is for",
        Misfit.OtherProduct => $"of another product than {machine.Hardware!.Product}",
        Misfit.OtherDatacenter => $"not in data centre {machine.Hardware!.Datacenter}",
        Misfit.OtherArchitecture => $"not {machine.Hardware!.Architecture}",
        Misfit.TooFewCpus => Bound("with less than", machine.Hardware!.Cpus?.Min, "processors"),
        Misfit.TooManyCpus => Bound("with more than", machine.Hardware!.Cpus?.Max, "processors"),
        Misfit.TooLittleMemory => Bound("with less than", machine.Hardware!.MemoryGiB?.Min, "GiB memory"),
        Misfit.TooMuchMemory => Bound("with more than", machine.Hardware!.MemoryGiB?.Max, "GiB memory"),
        Misfit.TooSlowNetwork => Bound("with a network card slower than", machine.Hardware!.NicSpeedMbit?.Min, "Mbit/s"),
        Misfit.TooFastNetwork => Bound("with a network card faster than", machine.Hardware!.NicSpeedMbit?.Max, "Mbit/s"),
        Misfit.OtherDisks => "without the disks that spec.hardware.disks asks for",
        Misfit.NoSuchDisk => $"without a disk {machine.InstallDisk ?? offer.InstallDisk}, which installDisk names, as far as the last inspection saw",
        Misfit.Taken => count == 1 ? $"held by {offer.TakenBy}" : "held by others",
        Misfit.InMaintenance => "in maintenance",
        Misfit.NoInternalIP => "without spec.internalIP, which must hold its address in the cluster's VLAN",
        Misfit.NotReleased => $"without a valid HetznerRobotHostRelease for this Machine, whose UID is {machine.Claim}",
        Misfit.NotRegistered => "not yet known to Robot",
        Misfit.Busy => $"still {offer.Phase}",
        Misfit.NotInspected => "not inspected yet, so what spec.hardware asks for is not known (an inspection would tell)",
    };

    private static string Bound(string how, long? limit, string unit) => string.Create(CultureInfo.InvariantCulture, $"{how} {limit} {unit}");
}
