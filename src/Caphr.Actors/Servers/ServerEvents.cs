using Caphr.Actors.Journal;

namespace Caphr.Actors.Servers;

/// <summary>The names under which events are stored. A name is for ever; a changed shape gets a new version and a function that lifts the old one.</summary>
public static class ServerEvents
{
    public static EventCodec<ServerEvent> Codec { get; } = new EventCodec<ServerEvent>()
        .Register<ServerEvent.AccessGiven>("server.access-given")
        .Register<ServerEvent.Identified>("server.identified")
        .Register<ServerEvent.ClaimAccepted>("server.claim-accepted")
        .Register<ServerEvent.ClaimAdopted>("server.claim-adopted")
        .Register<ServerEvent.PlanChanged>("server.plan-changed")
        .Register<ServerEvent.RescueIntended>("server.rescue-intended")
        .Register<ServerEvent.ResetIntended>("server.reset-intended")
        .Register<ServerEvent.ResetPressed>("server.reset-pressed")
        .Register<ServerEvent.RescueReached>("server.rescue-reached")
        .Register<ServerEvent.InstallIntended>("server.install-intended")
        .Register<ServerEvent.ImageWritten>("server.image-written")
        .Register<ServerEvent.RescueLeft>("server.rescue-left")
        .Register<ServerEvent.MaintenanceReached>("server.maintenance-reached")
        .Register<ServerEvent.ConfigurationAccepted>("server.configuration-accepted")
        .Register<ServerEvent.NodeProven>("server.node-proven")
        .Register<ServerEvent.StepRefused>("server.step-refused")
        .Register<ServerEvent.GaveUp>("server.gave-up")
        .Register<ServerEvent.WaitEnded>("server.wait-ended")
        .Register<ServerEvent.RetryAsked>("server.retry-asked")
        .Register<ServerEvent.WorkPaused>("server.work-paused")
        .Register<ServerEvent.WorkResumed>("server.work-resumed")
        .Register<ServerEvent.WipeIntended>("server.wipe-intended")
        .Register<ServerEvent.Released>("server.released")
        .Register<ServerEvent.DismissalIntended>("server.dismissal-intended")
        .Register<ServerEvent.NodeDismissed>("server.node-dismissed")
        .Register<ServerEvent.InspectionIntended>("server.inspection-intended")
        .Register<ServerEvent.HardwareSeen>("server.hardware-seen")
        .Register<ServerEvent.Inspected>("server.inspected")
        .Register<ServerEvent.Quarantined>("server.quarantined")
        .Register<ServerEvent.Doubted>("server.doubted")
        .Register<ServerEvent.QuarantineLifted>("server.quarantine-lifted")
        .Register<ServerEvent.WipeAsked>("server.wipe-asked")
        .Register<ServerEvent.RequestAnswered>("server.request-answered")
        .Register<ServerEvent.RepairBegun>("server.repair-begun")
        .Register<ServerEvent.NodeReturned>("server.node-returned")
        .Register<ServerEvent.RepairEnded>("server.repair-ended");
}
