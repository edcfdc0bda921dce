namespace Caphr.Protocols.Talos.Rules;

public enum TalosMode
{
    /// <summary>Without a configuration: open to anyone, for little.</summary>
    Maintenance,

    /// <summary>With one: client certificates of the cluster only, each for what its role allows.</summary>
    Secured,
}
