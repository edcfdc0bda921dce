using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Host.Effects;

namespace Caphr.Host.Control;

/// <summary>A Kubernetes Event: what `kubectl describe` lists under an object.</summary>
internal sealed record EventText(string Reason, string Message, bool Warning = false);

/// <summary>The server's events as a person reads them. The same words go to the log.</summary>
internal static class EventTexts
{
    public static EventText? For(ServerEvent happened) => happened switch
    {
        ServerEvent.Identified identified => new("Identified", $"Robot knows this server: {identified.Record.Product} in {identified.Record.Datacenter}, {identified.Record.Address}."),
        ServerEvent.ClaimAccepted accepted => new("Claimed", $"Claimed for {accepted.Plan.Machine} of cluster {accepted.Plan.Cluster}."),
        ServerEvent.ClaimAdopted adopted => new("Adopted", $"{adopted.Plan.Machine} is this server already; it is recognised and left as it is."),
        ServerEvent.RescueIntended { Purpose: Purpose.Install } => new("EnteringRescue", "Bringing the server into the rescue system."),
        ServerEvent.RescueIntended { Purpose: Purpose.Diagnose } => new("Diagnosing", "No reset has helped: bringing the server into the rescue system to see what is wrong."),
        ServerEvent.RescueIntended => new("Releasing", "Bringing the server into the rescue system to wipe it."),
        ServerEvent.ResetIntended => new("Resetting", "A hardware reset is about to be pressed."),
        ServerEvent.ResetPressed { Known: false } => new("ResetUnknown", "Whether the reset was pressed is not known; the server is observed, and not reset again for it.", Warning: true),
        ServerEvent.ResetPressed => new("ResetPressed", "Robot has pressed the reset button."),
        ServerEvent.RescueReached reached => new("RescueReached", $"The rescue system answers, with host key {reached.HostKey}."),
        ServerEvent.InstallIntended install => new("Installing", $"Writing the Talos image to disk {install.Disk.Name}, serial {install.Disk.Serial}, of the machine with MAC {install.Boot.PrimaryMac}."),
        ServerEvent.ImageWritten written => new("ImageWritten", string.Create(CultureInfo.InvariantCulture, $"{written.Bytes / 1_000_000} MB were written.")),
        ServerEvent.RescueLeft => new("Booting", "Booting from the disk."),
        ServerEvent.MaintenanceReached reached => new("TalosAnswers", $"Talos {reached.Talos.Version} waits for its configuration."),
        ServerEvent.ConfigurationAccepted { Kept: { Count: > 0 } kept } =>
            new("Configured", $"Talos has taken its configuration. What the template itself says was left as it is: {string.Join(", ", kept)}."),
        ServerEvent.ConfigurationAccepted => new("Configured", "Talos has taken its configuration."),
        ServerEvent.NodeProven proven => new("Provisioned", $"The node has proven itself under the cluster's certificates; it runs Talos {proven.TalosVersion}."),
        ServerEvent.StepRefused refused when refused.Reason == StepProblem.NoWarrant.Reason => new(refused.Reason, refused.Message),
        ServerEvent.StepRefused refused => new(refused.Reason, refused.Message, Warning: true),
        ServerEvent.GaveUp gaveUp => new(gaveUp.Reason, $"Given up: {gaveUp.Message}", Warning: true),
        ServerEvent.RetryAsked => new("RetryAsked", "Another try was asked for."),
        ServerEvent.WorkPaused => new("Paused", "Paused: nothing new is started."),
        ServerEvent.WorkResumed => new("Resumed", "No longer paused."),
        ServerEvent.WipeIntended wipe => new("Wiping", $"Wiping disk {wipe.Disk.Name}, serial {wipe.Disk.Serial}."),
        ServerEvent.DismissalIntended => new("Dismissing", "The node is told to go: out of etcd, its disk erased, and into the rescue system."),
        ServerEvent.NodeDismissed => new("NodeDismissed", "The node goes by itself; no reset is spent on it."),
        ServerEvent.InspectionIntended => new("Inspecting", "Bringing the server into the rescue system to look at its hardware."),
        ServerEvent.Inspected => new("Inspected", "Its hardware is known, and is as it should be."),
        ServerEvent.Quarantined quarantined => new(quarantined.Reason, $"In quarantine: {quarantined.Message}", Warning: true),
        ServerEvent.Doubted doubted => new("Doubted", $"It was in quarantine before this journal knew it: {doubted.Message}", Warning: true),
        ServerEvent.QuarantineLifted => new("QuarantineLifted", "A person vouches for the server; it is offered again."),
        ServerEvent.WipeAsked => new("WipeAsked", "Another try to wipe the server was asked for."),
        ServerEvent.RequestAnswered answered => new(answered.Granted ? $"{answered.Request}Granted" : $"{answered.Request}Declined", answered.Message, Warning: !answered.Granted),
        ServerEvent.RepairBegun { Order.Cause: RepairCause.HealthCheck } begun => new("Repairing", string.Create(CultureInfo.InvariantCulture, $"A health check finds the node unhealthy: it is reset up to {begun.Order.Resets} times.")),
        ServerEvent.RepairBegun => new("Repairing", "A person wants the node started anew."),
        ServerEvent.NodeReturned returned => new("NodeReturned", $"The node has proven itself again; it runs Talos {returned.TalosVersion}."),
        ServerEvent.RepairEnded { Returned: true } => new("Repaired", "The repair is over."),
        ServerEvent.RepairEnded => new("NodeNotBack", "The node did not prove itself again in time after its reset. Look at its console.", Warning: true),
        ServerEvent.Released { Wiped: true } => new("Released", "Wiped, and free again."),
        ServerEvent.Released => new("Released", "Free again; nothing had been written to it."),
        // Of use to the journal only.
        _ => null,
    };
}
