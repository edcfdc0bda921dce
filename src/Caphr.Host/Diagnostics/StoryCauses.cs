using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Host.Control;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// What led to an event: whose wish, which step, which request of a person. Nothing of it is stored for its own sake; it follows from the event and from the
/// state that it met, so stories of old journals have it too. Which replica it was the journal does not hold: only that one at a time may write.
/// </summary>
internal static class StoryCauses
{
    private const string OfMachine = "HetznerRobotMachine";
    private const string OfHost = "HetznerRobotHost";

    /// <param name="before">The state that the event met.</param>
    /// <param name="last">The event before it.</param>
    /// <returns>A clause that goes on after "because", or null where the event says it all itself.</returns>
    public static string? Of(ServerState before, ServerEvent? last, ServerEvent happened) => happened switch
    {
        ServerEvent.InspectionIntended or ServerEvent.QuarantineLifted or ServerEvent.WipeAsked when last is ServerEvent.RequestAnswered { Granted: true } granted => Request(granted),
        ServerEvent.InspectionIntended => "its hardware is not known yet",
        ServerEvent.RequestAnswered answered => Request(answered),
        ServerEvent.AccessGiven => "a HetznerRobotCluster names, or no longer names, the Secret with the account",
        ServerEvent.ClaimAccepted claim => $"the HetznerRobotHost was claimed for {Machine(claim.Plan)}",
        ServerEvent.ClaimAdopted claim => $"{Machine(claim.Plan)} names this server as its node",
        ServerEvent.PlanChanged changed => Changes((before as ServerState.Held)?.Plan, changed.Plan),
        ServerEvent.RescueIntended { Purpose: Purpose.Install } => before is ServerState.Held held ? $"{Machine(held.Plan)} is to be installed here" : null,
        ServerEvent.RescueIntended { Purpose: Purpose.Release } or ServerEvent.DismissalIntended => before is ServerState.Held held ? $"{Machine(held.Plan)} gives the server back" : "what was left on the server is to be wiped",
        ServerEvent.RescueIntended => "the resets of this repair have not brought the node back",
        ServerEvent.ResetIntended => before switch
        {
            ServerState.Repairing { Order: var order } => Order(order),
            ServerState.EnteringRescue => "the server must restart to come up in the rescue system",
            _ => "the server must restart",
        },
        ServerEvent.InstallIntended => "the rescue system proved to be that of the right server",
        ServerEvent.WipeIntended => "the rescue system proved to be that of the right server, and its disk the one we wrote",
        ServerEvent.RetryAsked asked => Annotation(OfMachine, Names.RetryAnnotation, asked.Plan.RetryToken),
        ServerEvent.WorkPaused or ServerEvent.WorkResumed => "the Cluster, or the object itself, was paused or is so no longer",
        ServerEvent.RepairBegun begun => Order(begun.Order),
        ServerEvent.RepairEnded { Returned: true } => before is ServerState.Repairing { Order.Cause: RepairCause.Person } ? "the node is well" : "the health check took its request back",
        ServerEvent.GaveUp => Tries(before),
        ServerEvent.Doubted => $"the HetznerRobotHost has the annotation {Names.QuarantinedAnnotation}",
        ServerEvent.Released or ServerEvent.WaitEnded => null,
        // All others were heard from the step that ran.
        _ => ServerLifecycle.Outstanding(before) is { } effect ? string.Create(CultureInfo.InvariantCulture, $"of step {effect.Key.Step}, {StoryWords.Spaced(effect.GetType().Name).ToLowerInvariant()}") : null,
    };

    private static string Machine(Provision plan) => plan.Machine.ToString();

    private static string Order(RepairOrder order) => order.Cause is RepairCause.Person
        ? Annotation(OfHost, Names.PowerCycleAnnotation, order.Id)
        : $"the HetznerRobotRemediation with UID {order.Id} asks for it";

    private static string Annotation(string kind, string name, string? token) => $"a person annotated the {kind} with {name}{(token is null ? "" : $"={token}")}";

    private static string Request(ServerEvent.RequestAnswered answered) => Annotation(
        OfHost,
        answered.Request switch
        {
            ServerRequest.Inspect => Names.InspectAnnotation,
            ServerRequest.PowerCycle => Names.PowerCycleAnnotation,
            ServerRequest.Retry => Names.RetryAnnotation,
            ServerRequest.Accept => Names.AcceptAnnotation,
        },
        answered.Token);

    private static string? Tries(ServerState before) => before is ServerState.Working { Tally: var tally } && tally.Attempts + tally.Resets > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{tally.Attempts} tries and {tally.Resets} resets have not helped")
        : null;

    /// <summary>Which part of the wish became another one.</summary>
    private static string? Changes(Provision? before, Provision now)
    {
        if (before is null) return null;
        List<string?> changes =
        [
            before.Bootstrap is null && now.Bootstrap is { } bootstrap ? $"its bootstrap data is there, in Secret {bootstrap}" : before.Bootstrap != now.Bootstrap ? "its bootstrap data is another" : null,
            before.TalosVersion != now.TalosVersion ? $"it asks for Talos {now.TalosVersion}" : before.Image != now.Image ? "it asks for another image" : null,
            before.Disk != now.Disk ? "it asks for another disk, or may destroy other data" : null,
            before.Robot != now.Robot ? "other credentials are named" : null,
            before.TalosSecrets != now.TalosSecrets ? "other Talos secrets are named" : null,
            before.Claim != now.Claim || before.Machine != now.Machine ? "it is another object by that name" : null,
        ];
        var told = changes.OfType<string>().ToList();
        return told.Count == 0 ? null : string.Join(", and ", told);
    }
}
