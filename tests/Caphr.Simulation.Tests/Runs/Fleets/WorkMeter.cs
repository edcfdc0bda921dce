namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>How long the processor was at work for controllers, and how often their turn came. What the collector of garbage does falls on whoever is at work then.</summary>
internal sealed class WorkMeter
{
    private int _depth;

    public TimeSpan Spent { get; private set; }

    public void Do(Action work)
    {
        // Within a turn there may be others, and their time is its own already.
        if (_depth++ > 0)
        {
            Run(work);
            return;
        }

        var began = Environment.CpuUsage.TotalTime;
        Run(work);
        Spent += Environment.CpuUsage.TotalTime - began;
    }

    private void Run(Action work)
    {
        try
        {
            work();
        }
        finally
        {
            _depth--;
        }
    }
}
