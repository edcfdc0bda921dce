namespace Caphr.Protocols.Rescue.Agent;

/// <summary>
/// What is known of a server, for the agent to hold against the machine it runs on. A part that is not known is null; every part that is
/// known must match. An agent is never asked to change a machine by a request that knows neither.
/// </summary>
public sealed record ServerIdentity(string? PrimaryMac, string? SystemUuid);

/// <summary>Where the agent found itself. It refuses (<see cref="RescueError.NotRescue"/>) below two markers.</summary>
/// <param name="Markers">Of <c>hostname</c>, <c>hetzner-build</c>, <c>installimage</c>, <c>memory-root</c>: those that were seen.</param>
/// <param name="BootMac">The MAC of the card that booted from the network (BOOTIF): the primary one.</param>
/// <param name="BootId">The kernel's id of this boot.</param>
public sealed record RescueProof(string HostName, IReadOnlyList<string> Markers, string? BootMac, IReadOnlyList<string> Macs, string SystemUuid, string BootId);
