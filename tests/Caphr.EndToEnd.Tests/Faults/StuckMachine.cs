namespace Caphr.EndToEnd.Tests.Faults;

/// <summary>One thing that goes wrong with one machine, and what a stranger must be able to read about it.</summary>
/// <param name="Name">Of the HetznerRobotMachine.</param>
/// <param name="Title">What happened, as only the Lab knows it.</param>
/// <param name="Reason">Of the condition Ready.</param>
/// <param name="Cause">Words without which neither <c>kubectl describe</c> nor <c>caphr explain</c> has named the cause.</param>
internal sealed record StuckMachine(string Name, string Title, string Reason, string Cause)
{
    /// <summary>Below the HetznerRobotMachine's spec; {1} is where images are, {2} the serial number of its server's last disk.</summary>
    public string Spec { get; init; } = "";

    /// <summary>Below the HetznerRobotHost's spec.</summary>
    public string Host { get; init; } = "";

    /// <summary>At the Lab, of its server; {0} is the server's number.</summary>
    public string[] Faults { get; init; } = [];

    /// <summary>Of the Machine: where its configuration comes from.</summary>
    public BootstrapSource Bootstrap { get; init; }

    public string Namespace { get; init; } = "demo";

    public static IReadOnlyList<StuckMachine> All { get; } =
    [
        new("wrong-password", "The web service password in the Secret is not the right one", "WaitingForClusterInfrastructureReady", "Robot") { Namespace = "other" },
        new("nothing-fits", "The only server that fits is in maintenance", "NoHostAvailable", "maintenance") { Host = "maintenanceMode: true" },
        new("no-configuration", "The bootstrap provider does not write the machine configuration", "WaitingForBootstrapData", "bootstrap provider") { Bootstrap = BootstrapSource.Nobody },
        new("rescue-never-boots", "The rescue system never comes up", "EnteringRescue", "rescue system") { Faults = ["server {0} rescue-never-boots"] },
        new("foreign-system", "Somebody else's Linux answers on port 22", "EnteringRescue", "key") { Faults = ["server {0} foreign-system"] },
        new("foreign-data", "The disk that the machine asks for holds Ceph's data", "ForeignData", "ceph") { Spec = "installDisk: \"{2}\"", Faults = ["server {0} leftover-ceph"] },
        new("disk-dead", "The disk takes no write", "InstallWriteFailed", "disk") { Faults = ["server {0} disk-dead"] },
        new("no-image", "There is nothing at the image's address", "InstallDownloadFailed", "404") { Spec = "customImageURL: {1}/no/such/image.raw.xz" },
        new("configuration-refused", "Talos does not take the machine configuration", "ConfigurationInvalid", "netwrok") { Bootstrap = BootstrapSource.Misspelt },
        new("clock-not-in-sync", "The node's clock finds no time source, so its services wait", "Joining", "booting") { Faults = ["talos {0} time-not-in-sync"] },
    ];
}

internal enum BootstrapSource
{
    TalosConfig,
    Nobody,

    /// <summary>A Secret that a person wrote, with a key that Talos does not know.</summary>
    Misspelt,
}
