namespace Caphr.Protocols.Talos;

/// <summary>The node took the configuration and leaves maintenance with it.</summary>
public sealed record ConfigurationApplied(IReadOnlyList<string> Warnings);
