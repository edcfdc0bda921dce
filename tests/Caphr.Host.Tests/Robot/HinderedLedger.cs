using Caphr.Host.Robot;

namespace Caphr.Host.Tests.Robot;

/// <summary>Does not write down what became of a login, or takes its time.</summary>
internal sealed class HinderedLedger : IRobotLedger
{
    private readonly MemoryRobotLedger _kept = new();

    public bool Works { get; set; }

    public List<LoginVerdict> Settled { get; } = [];

    public Func<Task> AfterTake { get; set; } = () => Task.CompletedTask;

    public async Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation)
    {
        var answer = await _kept.TakeAsync(take, cancellation);
        await AfterTake();
        return answer;
    }

    public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation) => _kept.EnterAsync(attempt, cancellation);

    public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation)
    {
        Settled.Add(verdict);
        return Works ? _kept.SettleAsync(account, print, verdict, until, cancellation) : Task.FromResult<string?>("the disk is full");
    }

    public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation) => _kept.PauseAsync(account, quota, until, cancellation);
}
