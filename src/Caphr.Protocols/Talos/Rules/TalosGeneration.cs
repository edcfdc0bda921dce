namespace Caphr.Protocols.Talos.Rules;

/// <summary>The releases of Talos that CAPHR knows, as far as their APIs differ in what may be called when.</summary>
public enum TalosGeneration
{
    /// <summary>Up to 1.12: maintenance has a service of its own, with a handful of calls.</summary>
    UpTo112,

    /// <summary>1.13: maintenance serves the full API with the role of a reader, and turns a reboot after an apply into none.</summary>
    V113,

    /// <summary>From 1.14 on: an apply never reboots, and to ask for it is refused outside of maintenance.</summary>
    From114,
}
