using System.Globalization;
using Caphr.Actors.Servers;

namespace Caphr.Host.Control;

/// <summary>Where a server stands, in one sentence for a person.</summary>
internal static class ServerWords
{
    /// <summary>What moves with every percent belongs here, in a message, and never into a condition.</summary>
    public static string Message(ServerSnapshot server) => server switch
    {
        { State.PausedSince: not null } => "Paused: nothing is started.",
        { State.Trouble: { Failures: 0 } known } => known.Message,
        { State: ServerState.Quarantined { NodeMayRun: true, Freed: null } forgotten } => $"{forgotten.Message} When it is stopped and its disks are wiped, annotate the HetznerRobotHost with {Names.AcceptAnnotation}.",
        { State: ServerState.Quarantined { NodeMayRun: true } detached } => $"{detached.Message} When it is stopped and yours to use, annotate the HetznerRobotHost with {Names.AcceptAnnotation}; to have it wiped first, with {Names.RetryAnnotation}={detached.Freed}.",
        { State: ServerState.Quarantined quarantined } => $"{quarantined.Message} Mend it, then annotate the HetznerRobotHost with {Names.RetryAnnotation}, or with {Names.AcceptAnnotation} if it is all right as it is.",
        { State: ServerState.Failed { In: ServerPhase.Remediating } failed } => $"{failed.Message} Delete its Machine to have it replaced, or annotate the HetznerRobotMachine with {Names.RetryAnnotation} to have it restarted once more.",
        { State: ServerState.Failed failed } => $"{failed.Message} Mend it, then annotate the HetznerRobotMachine with {Names.RetryAnnotation}, or delete its Machine.",
        { State.Trouble: { } trouble } => $"{trouble.Message} Next try at {trouble.RetryAt.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC.",
        { Note: { } note } => note.Fraction is { } fraction ? $"{note.Text.TrimEnd('.')} ({fraction.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal)})." : note.Text,
        _ => Doing(server.State),
    };

    /// <summary>The same for a condition: steady while nothing changes.</summary>
    public static string Steady(ServerState state) => state switch
    {
        { PausedSince: not null } => "Paused: nothing is started.",
        { Trouble: { } trouble } => trouble.Message,
        ServerState.Failed failed => failed.Message,
        _ => Doing(state),
    };

    public static string Reason(ServerState state) => state switch
    {
        { Trouble: { } trouble } => trouble.Reason,
        ServerState.Failed failed => failed.Reason,
        ServerState.Quarantined quarantined => quarantined.Reason,
        _ => state.Phase.ToString(),
    };

    public static string Doing(ServerState state) => state switch
    {
        ServerState.Registered { Robot: null } => "Waiting for a HetznerRobotCluster with credentials for Robot.",
        ServerState.Registered => "Asking Robot for the server's address.",
        ServerState.Available => "Free.",
        ServerState.Claimed { Plan.Bootstrap: null } => "Waiting for the bootstrap provider to write the machine configuration; the server is not touched before.",
        ServerState.Claimed => "Claimed.",
        ServerState.Inspecting { Stage: RescueStage.Arming } => "To be inspected: ordering the rescue system at Robot.",
        ServerState.Inspecting { Stage: RescueStage.Pressing } => "To be inspected: resetting the server.",
        ServerState.Inspecting { HostKey: null } => "To be inspected: waiting for the rescue system to boot.",
        ServerState.Inspecting => "Looking at the hardware.",
        ServerState.Quarantined quarantined => quarantined.Message,
        ServerState.Repairing { Stage: RepairStage.Preparing } => "About to be reset: making sure that it may be.",
        ServerState.Repairing { Stage: RepairStage.Pressing } => "Resetting the server.",
        ServerState.Repairing { Stage: RepairStage.Watching } => "Reset; waiting for the node to come back.",
        ServerState.Repairing => "The node has come back; waiting for the health check to find it well.",
        ServerState.EnteringRescue { Stage: RescueStage.Dismissing } => "Telling the node to go by itself.",
        ServerState.EnteringRescue { Stage: RescueStage.Arming } => "Ordering the rescue system at Robot.",
        ServerState.EnteringRescue { Stage: RescueStage.Pressing } => "Resetting the server.",
        ServerState.EnteringRescue => "Waiting for the rescue system to boot.",
        ServerState.InRescue => "Making sure that this is the rescue system of the right server.",
        ServerState.Installing => "Writing the Talos image.",
        ServerState.Booting { Stage: BootStage.Leaving } => "Leaving the rescue system.",
        ServerState.Booting => "Waiting for Talos to boot.",
        ServerState.Configuring => "Giving Talos its configuration.",
        ServerState.Joining => "Waiting for the node to prove itself under the cluster's certificates.",
        ServerState.Provisioned provisioned => $"Running Talos {provisioned.TalosVersion}.",
        ServerState.Wiping => "Wiping the disk that was installed on.",
        _ => state.Phase.ToString(),
    };
}
