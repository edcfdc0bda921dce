using Caphr.EndToEnd.Tests.Provisioning;

namespace Caphr.EndToEnd.Tests.Chaos;

/// <summary>The replicas, as processes of their own on one database.</summary>
internal sealed class Crew : IDisposable
{
    public const int LeaseSeconds = 5;

    private readonly TestLab _lab;
    private readonly string _database;
    private readonly ControllerUnderTest[] _replicas;
    private readonly List<string> _old = [];

    public Crew(TestLab lab, string database, int size)
    {
        _lab = lab;
        _database = database;
        _replicas = [.. Enumerable.Range(0, size).Select(Start)];
    }

    public int Size => _replicas.Length;

    /// <summary>Of all of them, those that were killed included.</summary>
    public IEnumerable<string> Log => [.. _old, .. _replicas.SelectMany(replica => replica.Log)];

    public async Task RestartAsync(int index, TimeSpan after)
    {
        _replicas[index].Dispose();
        _old.AddRange(_replicas[index].Log);
        await Task.Delay(after, TestLab.Clock);
        _replicas[index] = Start(index);
    }

    public async Task FreezeAsync(int index, TimeSpan duration)
    {
        _replicas[index].Freeze();
        await Task.Delay(duration, TestLab.Clock);
        _replicas[index].Thaw();
    }

    public void Dispose()
    {
        foreach (var replica in _replicas) replica.Dispose();
    }

    private ControllerUnderTest Start(int index) => _lab.StartReplica($"caphr-{index}", _database, LeaseSeconds);
}
