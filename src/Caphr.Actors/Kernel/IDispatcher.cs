namespace Caphr.Actors.Kernel;

/// <summary>
/// Decides when a cell gets its turn. A cell is scheduled at most once at a time, so a dispatcher need not know about actors,
/// and two turns of one actor never run beside each other.
/// </summary>
public interface IDispatcher
{
    /// <summary>How many messages a cell may handle in one turn before the others are served.</summary>
    int Throughput { get; }

    /// <summary>Executes the turn once, later; never inside this call.</summary>
    void Schedule(IThreadPoolWorkItem turn);
}

/// <summary>Turns run on the thread pool: no thread belongs to an actor, and a busy actor goes to the back of the queue after its batch.</summary>
public sealed class ThreadPoolDispatcher : IDispatcher
{
    public int Throughput => 32;

    public void Schedule(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
}
