using System.Globalization;
using Caphr.Actors.Servers;

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
        ServerEvent.StepRefused refused => new(refused.Reason, refused.Message, Warning: true),
        ServerEvent.GaveUp gaveUp => new(gaveUp.Reason, $"Given up: {gaveUp.Message}", Warning: true),
        ServerEvent.RetryAsked => new("RetryAsked", "Another try was asked for."),
        ServerEvent.WorkPaused => new("Paused", "Paused: nothing new is started."),
        ServerEvent.WorkResumed => new("Resumed", "No longer paused."),
        ServerEvent.WipeIntended wipe => new("Wiping", $"Wiping disk {wipe.Disk.Name}, serial {wipe.Disk.Serial}."),
        ServerEvent.Released { Wiped: true } => new("Released", "Wiped, and free again."),
        ServerEvent.Released => new("Released", "Free again; nothing had been written to it."),
        // Of use to the journal only.
        _ => null,
    };
}
