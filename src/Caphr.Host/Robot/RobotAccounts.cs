using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Finds the account of a credential, and asks it.</summary>
internal sealed class RobotAccounts(ActorSystem system, Func<ObjectName, ReadRobotLogin> secrets, Func<RobotCredentials, RobotClient> connect, IRobotLedger ledger, Budget budget)
{
    public const string UserKey = "robot-user";
    public const string PasswordKey = "robot-password";

    /// <summary>How long a turn may be waited for.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>An account answers in time by itself, a call that is under way at the end of the patience included. This is for one that does not.</summary>
    private static readonly TimeSpan s_lastResort = s_patience + TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_showTime = TimeSpan.FromSeconds(5);

    /// <summary>What a login is known by to other replicas.</summary>
    public Func<RobotCredentials, string> Print { get; init; } = LoginPrint.Of;

    private readonly KnownLogins _shared = new(system.Clock);
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, IActorRef<RobotAccount.Message>> _accounts = [];

    /// <summary>Reads a login from its Secret, each time anew, so that a rotation is seen by the next call.</summary>
    public static Func<ObjectName, ReadRobotLogin> From(SecretReader secrets) => name => async cancellation =>
    {
        var read = await secrets.ReadAsync(name, "the Robot web service user", [UserKey, PasswordKey], cancellation);
        return read.Then(secret => new RobotCredentials(secret.Text(UserKey)!, secret.Text(PasswordKey)!));
    };

    public Task<Outcome<T, StepProblem>> ReadAsync<T>(ObjectName credentials, RobotLane lane, RobotAsk<T> ask, CancellationToken cancellation) =>
        AskAsync(credentials, lane, ask, warrant: null, cancellation);

    /// <summary>A call that changes something. It may wait long for its turn, so what speaks against it, and the warrant, are asked for again when that comes.</summary>
    public Task<Outcome<T, StepProblem>> ChangeAsync<T>(ObjectName credentials, RobotLane lane, Warrant warrant, RobotAsk<T> ask, CancellationToken cancellation) =>
        AskAsync(credentials, lane, ask, warrant, cancellation);

    /// <summary>
    /// Waits until this server's reset can follow at once. Whoever looks at it, orders the rescue system and only then hears that no reset is left for this hour has
    /// asked Robot in vain, and will again an hour later: of a large fleet that is most of what is asked. Resets in other lanes may still come between.
    /// </summary>
    public Task<Outcome<Done, StepProblem>> SetOutAsync(ObjectName credentials, RobotLane lane, int server, CancellationToken cancellation) =>
        AskAsync<Done>(credentials, (replyTo, asker) => new TurnQuestion(server, lane, replyTo) { Patience = s_patience, Asker = asker }, cancellation);

    /// <summary>Its reset was pressed, or will not be for now: another may set out.</summary>
    public void EndTurn(ObjectName credentials, int server) => Account(credentials).Tell(new RobotAccount.Message.TurnEnded(server));

    /// <summary>Null when the account does not answer.</summary>
    public async Task<RobotReport?> ShowAsync(ObjectName credentials, CancellationToken cancellation)
    {
        try
        {
            return await Account(credentials).Ask<RobotReport>(replyTo => new RobotAccount.Message.Show(replyTo), s_showTime, cancellation);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private Task<Outcome<T, StepProblem>> AskAsync<T>(ObjectName credentials, RobotLane lane, RobotAsk<T> ask, Warrant? warrant, CancellationToken cancellation) => AskAsync<T>(
        credentials,
        (replyTo, asker) => new RobotQuestion<T>(ask, lane, replyTo)
        {
            Shared = ask.Shared,
            Changes = ask.Changes,
            Keeps = ask.Keeps,
            Patience = s_patience,
            Asker = asker,
            Warrant = warrant,
            WhyNot = ask.WhyNot,
        },
        cancellation);

    private async Task<Outcome<T, StepProblem>> AskAsync<T>(ObjectName credentials, Func<IActorRef<Outcome<T, StepProblem>>, CancellationToken, RobotQuestion> question, CancellationToken cancellation)
    {
        using var asker = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            return await Account(credentials).Ask<Outcome<T, StepProblem>>(replyTo => new RobotAccount.Message.Ask(question(replyTo, asker.Token)), s_lastResort, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // We may have been told before our own source was, and it does not hear of it any more once it is disposed.
            GiveUp(asker);
            throw;
        }
        catch (AskTimeoutException)
        {
            GiveUp(asker);
            // It may be under way just now, and what became of it is not heard any more.
            return new StepProblem("RobotBusy", $"Nothing was heard of the call to Robot within {s_lastResort.TotalMinutes:0} minutes.", Advice: null);
        }
    }

    private static void GiveUp(CancellationTokenSource asker) => asker.Cancel();

    private IActorRef<RobotAccount.Message> Account(ObjectName credentials)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue(credentials, out var account))
            {
                account = system.ActorOf(Props.Create(() => NewAccount(credentials)) with { MailboxCapacity = RobotAccount.Capacity }, $"robot-{credentials.Namespace}_{credentials.Name}");
                _accounts.Add(credentials, account);
            }

            return account;
        }
    }

    private RobotAccount NewAccount(ObjectName credentials)
    {
        var logins = new RobotLogins(connect, Print);
        return new RobotAccount(new RobotCaller(secrets(credentials), logins, _shared, ledger, budget, system.Clock), new RobotNumbers(credentials, budget), logins);
    }
}
