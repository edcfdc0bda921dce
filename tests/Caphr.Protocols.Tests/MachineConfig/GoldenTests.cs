using Caphr.Protocols.MachineConfig;

namespace Caphr.Protocols.Tests.MachineConfig;

public sealed class GoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_comes_out_as_written_down(string name)
    {
        var golden = GoldenCase.Named(name);
        var (documents, refusal) = Outcome(golden);

        golden.WriteDownIfNew(documents, refusal);

        Assert.Equal(golden.Refusal, refusal);
        if (golden.Expected is not null) Assert.Equal(golden.Expected, documents);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_placed_again_changes_nothing(string name)
    {
        var golden = GoldenCase.Named(name);
        if (golden.Expected is not { } expected) return;

        var again = golden.Place(expected).Value;

        Assert.Equal(expected, again.Documents);
        Assert.All(again.Placements, placement => Assert.Equal(PlacementResult.Kept, placement.Result));
    }

    [Fact]
    public void Every_release_has_a_case_of_every_shape()
    {
        string[] shapes = ["ipv4", "dual-stack", "ipv6-only", "vlan", "storage"];
        var wanted = Enumerable.Range(9, 6).SelectMany(minor => shapes.Select(shape => $"1.{minor}/{shape}"));

        Assert.Empty(wanted.Except(GoldenCase.All.Where(golden => golden.Expected is not null).Select(golden => golden.Name)));
    }

    private static (string? Documents, string? Refusal) Outcome(GoldenCase golden)
    {
        if (!golden.Place().TryGet(out var placed, out var failure)) return (null, $"{failure.Error}\n{failure.Detail}\n");
        var refusals = placed.Placements.Where(placement => placement.Result == PlacementResult.Refused).ToList();
        return refusals.Count == 0 ? (placed.Documents, null) : (null, string.Concat(refusals.Select(refusal => $"{refusal.Key}\n{refusal.Reason}\n")));
    }
}
