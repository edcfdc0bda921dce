using Caphr.Lab.World;

namespace Caphr.Benchmarks.Fleet;

/// <summary>One server from apply to Provisioned: what its hardware took of that is not counted.</summary>
/// <param name="Reset">From the moment its machine was seen in the API until its reset.</param>
/// <param name="Write">From the rescue system that answers until the image is being written.</param>
/// <param name="Boot">From the written image until the server boots from it.</param>
/// <param name="Configure">From the Talos that answers until it has its configuration.</param>
/// <param name="Prove">From there until the machine was seen to be Provisioned in the API.</param>
internal sealed record Provisioned(TimeSpan Reset, TimeSpan Write, TimeSpan Boot, TimeSpan Configure, TimeSpan Prove)
{
    public static IReadOnlyList<(string Name, Func<Provisioned, TimeSpan> Take)> Parts { get; } =
    [
        ("all", each => each.Reset + each.Write + each.Boot + each.Configure + each.Prove),
        ("until the reset", each => each.Reset),
        ("until the image is being written", each => each.Write),
        ("until it boots from the disk", each => each.Boot),
        ("until it has its configuration", each => each.Configure),
        ("until it is Provisioned", each => each.Prove),
    ];

    public static Provisioned From(IReadOnlyList<LedgerEntry> ofServer, DateTimeOffset seen, DateTimeOffset done)
    {
        return new(
            At(Fact.ResetPressed) - seen,
            At(Fact.DiskWriteStarted) - At(Fact.RescueBooted),
            At(Fact.RebootedInBand) - At(Fact.DiskWritten),
            At(Fact.ConfigurationApplied) - At(Fact.DiskBooted),
            done - At(Fact.ConfigurationApplied));

        DateTimeOffset At(Fact fact) => ofServer.Single(entry => entry.Fact == fact).At;
    }
}
