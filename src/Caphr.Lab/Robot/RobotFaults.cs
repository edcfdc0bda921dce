namespace Caphr.Lab.Robot;

/// <summary>Faults that wait for the requests they are meant for, oldest first.</summary>
internal sealed class RobotFaults
{
    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];

    public void Add(RobotFault fault, int times, HttpMethod? method, string? template)
    {
        lock (_gate)
        {
            for (var i = 0; i < times; i++) _waiting.Add(new Waiting(fault, method, template));
        }
    }

    public void Clear()
    {
        lock (_gate) _waiting.Clear();
    }

    public RobotFault? Take(HttpMethod method, string template)
    {
        lock (_gate)
        {
            var index = _waiting.FindIndex(waiting => (waiting.Method ?? method) == method && (waiting.Template ?? template) == template);
            if (index < 0) return null;
            var fault = _waiting[index].Fault;
            _waiting.RemoveAt(index);
            return fault;
        }
    }

    private sealed record Waiting(RobotFault Fault, HttpMethod? Method, string? Template);
}
