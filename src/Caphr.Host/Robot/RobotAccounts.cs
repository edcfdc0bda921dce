using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Finds the account of a credential, and asks it.</summary>
internal sealed class RobotAccounts(ActorSystem system, SecretReader secrets, Func<RobotCredentials, RobotClient> connect)
{
    /// <summary>A queue of calls of thirty seconds each may stand before ours.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Each of many thousand servers may have a question at once.</summary>
    private const int Capacity = 1 << 17;

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, IActorRef<RobotAccount.Message>> _accounts = [];

    public async Task<Outcome<T, StepProblem>> CallAsync<T>(
        ObjectName credentials, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> ask, CancellationToken cancellation) =>
        await AskAsync<T>(credentials, (replyTo, asker) => new RobotAccount.Call<T>(ask, replyTo) { Asker = asker }, cancellation);

    /// <summary>A call that changes something. It may wait long for its turn, so the warrant is asked for again when that comes.</summary>
    public async Task<Outcome<T, StepProblem>> ChangeAsync<T>(
        ObjectName credentials, Warrant warrant, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> ask, CancellationToken cancellation) =>
        await AskAsync<T>(credentials, (replyTo, asker) => new RobotAccount.Call<T>(ask, replyTo) { Asker = asker, Warrant = warrant }, cancellation);

    public Task<Outcome<IReadOnlyList<RobotServer>, StepProblem>> InventoryAsync(ObjectName credentials, CancellationToken cancellation) =>
        AskAsync<IReadOnlyList<RobotServer>>(credentials, (replyTo, asker) => new RobotAccount.Inventory(replyTo) { Asker = asker }, cancellation);

    private async Task<Outcome<T, StepProblem>> AskAsync<T>(
        ObjectName credentials, Func<IActorRef<Outcome<T, StepProblem>>, CancellationToken, RobotAccount.Message> question, CancellationToken cancellation)
    {
        using var asker = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            return await Account(credentials).Ask<Outcome<T, StepProblem>>(replyTo => question(replyTo, asker.Token), s_patience).WaitAsync(cancellation);
        }
        catch (AskTimeoutException)
        {
            await asker.CancelAsync();
            // It may be under way just now, and what became of it is not heard any more.
            return new StepProblem("RobotBusy", $"Robot has not been asked within {s_patience.TotalMinutes:0} minutes, because other calls of this account came first.", Advice: null);
        }
    }

    private IActorRef<RobotAccount.Message> Account(ObjectName credentials)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue(credentials, out var account))
            {
                account = system.ActorOf(Props.Create(() => new RobotAccount(credentials, secrets, connect)) with { MailboxCapacity = Capacity }, $"robot-{credentials.Namespace}_{credentials.Name}");
                _accounts.Add(credentials, account);
            }

            return account;
        }
    }
}
