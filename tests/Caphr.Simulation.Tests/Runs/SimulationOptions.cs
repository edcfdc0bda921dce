using System.Globalization;
using Caphr.Simulation.Tests.Troubles;

namespace Caphr.Simulation.Tests.Runs;

/// <summary>Everything that decides a run. The same options lead to the same trace.</summary>
internal sealed record SimulationOptions
{
    public required int Seed { get; init; }

    /// <summary>Which troubles it has more of than others.</summary>
    public Theme Theme { get; init; }

    public int Servers { get; init; } = 4;

    public int Machines { get; init; } = 3;

    public int Replicas { get; init; } = 1;

    /// <summary>Whether somebody asks for resets of nodes that are not well.</summary>
    public bool HealthCheck { get; init; }

    /// <summary>Of a controller. To renew it is most of what an idle one does, and who has nobody to take over from has no use for a short one.</summary>
    public TimeSpan Lease => Replicas == 1 ? TimeSpan.FromMinutes(4) : TimeSpan.FromSeconds(45);

    /// <summary>
    /// For everything to come to rest. A server that has used up all attempts of one step and of the rescue system takes hours for it, and an account gives
    /// resets to no more than some dozens of new nodes in each hour.
    /// </summary>
    public TimeSpan Patience => TimeSpan.FromHours(6) * (1 + (Machines / 36));

    /// <summary>How much goes wrong before everything heals.</summary>
    public int Troubles { get; init; } = 8;

    /// <summary>Of the troubles that the seed draws, only these; null: all. How a failing run is made smaller.</summary>
    public IReadOnlyList<int>? Keep { get; init; }

    /// <summary>What a seed by itself stands for: small worlds mostly, because most defects need few servers.</summary>
    public static SimulationOptions Of(int seed)
    {
        var random = new Random(unchecked((seed * 31) + 7));
        var servers = random.Next(2, 7);
        var theme = (Theme)(seed % Enum.GetValues<Theme>().Length);
        return new SimulationOptions
        {
            Seed = seed,
            Theme = theme,
            Servers = servers,
            Machines = random.Next(1, servers + 1),
            // To stand still, and to hear late, matter most to whoever has a rival.
            Replicas = random.Next(4) switch { 0 => 2, 1 => 3, _ => theme is Theme.Replicas or Theme.News ? 2 : 1 },
            Troubles = random.Next(0, 20),
            HealthCheck = random.Next(2) == 0,
        };
    }

    /// <summary>As <c>make sim</c> takes it.</summary>
    public override string ToString()
    {
        var keep = Keep is null ? "" : $" KEEP={(Keep.Count == 0 ? "none" : string.Join(',', Keep))}";
        return string.Create(CultureInfo.InvariantCulture, $"SEED={Seed} SERVERS={Servers} MACHINES={Machines} REPLICAS={Replicas} TROUBLES={Troubles}{keep}");
    }
}
