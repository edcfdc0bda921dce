using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Tests.Control;

public sealed class ConditionSetTests
{
    private static readonly string[] s_types = ["Ready", "Available", "Healthy", "Paused", "example.com/Burned", "example.com/Insured"];
    private static readonly string[] s_statuses = ["True", "False", "Unknown"];

    /// <summary>Ours are the first four; whatever else is there belongs to somebody.</summary>
    [Fact]
    public void Conditions_of_others_keep_their_place_and_every_word()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var present = s_types.OrderBy(_ => random.Next()).Take(random.Next(s_types.Length + 1)).Select(type => Any(type, random)).ToList();
            var set = new ConditionSet(present, 7, Objects.Now);
            for (var writes = random.Next(6); writes > 0; writes--) set.Set(s_types[random.Next(4)], s_statuses[random.Next(3)], "Reason", "Message");

            Assert.Equal(Foreign(present), Foreign(set.All));
            Assert.Equal(present.Select(condition => condition.Type), set.All.Take(present.Count).Select(condition => condition.Type));
            Assert.Equal(set.All.Count, set.All.DistinctBy(condition => condition.Type).Count());
        }
    }

    [Fact]
    public void The_time_of_a_condition_moves_with_its_status_and_with_nothing_else()
    {
        var before = new Condition { Type = "Ready", Status = "False", Reason = "Installing", Message = "10 %", LastTransitionTime = Objects.Now.AddMinutes(-9) };

        var same = Assert.Single(new ConditionSet([before], 7, Objects.Now).Set("Ready", "False", "Booting", "Talos boots.").All);
        Assert.Equal((before.LastTransitionTime, "Booting", 7L), (same.LastTransitionTime, same.Reason, same.ObservedGeneration));

        var other = Assert.Single(new ConditionSet([before], 7, Objects.Now).Set("Ready", "True", "Provisioned", "").All);
        Assert.Equal(Objects.Now, other.LastTransitionTime);
    }

    private static IEnumerable<Condition> Foreign(IEnumerable<Condition> all) => all.Where(condition => condition.Type.Contains('/', StringComparison.Ordinal));

    private static Condition Any(string type, Random random) => new()
    {
        Type = type,
        Status = s_statuses[random.Next(3)],
        Reason = $"Reason{random.Next(9)}",
        Message = $"Said {random.Next(9)}",
        ObservedGeneration = random.Next(9),
        LastTransitionTime = Objects.Now.AddSeconds(-random.Next(10_000)),
    };
}
