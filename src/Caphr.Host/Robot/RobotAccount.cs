using System.Security.Cryptography;
using System.Text;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>
/// One web-service user of Robot, and the only way to it: one call at a time, one list of servers for all who ask, and one login with
/// credentials that Robot refuses, because the third blocks our address for ten minutes.
/// </summary>
internal sealed class RobotAccount(ObjectName credentials, SecretReader secrets, Func<RobotCredentials, RobotClient> connect) : Actor<RobotAccount.Message>
{
    public const string UserKey = "robot-user";
    public const string PasswordKey = "robot-password";

    /// <summary>Robot allows 200 lists an hour; a server that was ordered a minute ago can wait that long.</summary>
    private static readonly TimeSpan s_inventoryAge = TimeSpan.FromSeconds(60);

    private readonly Queue<Work> _waiting = [];
    private bool _busy;
    private Login? _login;
    private string? _refused;
    private (IReadOnlyList<RobotServer> Servers, DateTimeOffset At)? _inventory;

    protected override void Receive(Message message)
    {
        switch (message)
        {
            case Inventory ask when _inventory is { } known && Context.Now - known.At < s_inventoryAge:
                ask.ReplyTo.Tell(Outcome<IReadOnlyList<RobotServer>, StepProblem>.Of(known.Servers));
                break;
            case Work work:
                _waiting.Enqueue(work);
                Next();
                break;
            case Finished finished:
                _busy = false;
                _login = finished.Login ?? _login;
                _refused = finished.Refused ?? _refused;
                if (finished.Servers is { } servers) _inventory = (servers, Context.Now);
                Next();
                break;
        }
    }

    private void Next()
    {
        while (!_busy && _waiting.TryDequeue(out var work))
        {
            // Whoever asked meanwhile is served by the list that has just come.
            if (work is Inventory && _inventory is { } known && Context.Now - known.At < s_inventoryAge)
            {
                Receive(work);
                continue;
            }

            _busy = true;
            var (login, refused) = (_login, _refused);
            Context.PipeToSelf<Message>(cancellation => CarryOutAsync(work, login, refused, cancellation), finished => finished, _ => new Finished(null, null, null));
        }
    }

    private async Task<Message> CarryOutAsync(Work work, Login? login, string? refused, CancellationToken cancellation)
    {
        var read = await secrets.ReadAsync(credentials, "the Robot web service user", [UserKey, PasswordKey], cancellation);
        if (!read.TryGet(out var secret, out var problem))
        {
            work.Fail(problem);
            return new Finished(null, null, null);
        }

        var print = Print(secret);
        if (print == refused)
        {
            work.Fail(StepProblem.From(new RobotFailure { Error = RobotError.Unauthorized, Method = HttpMethod.Get, Template = "" }));
            return new Finished(null, null, null);
        }

        if (login?.Print != print)
        {
            login?.Client.Dispose();
            login = new Login(print, connect(new RobotCredentials(secret.Text(UserKey)!, secret.Text(PasswordKey)!)));
        }

        // Whoever is told that a shard is quiet must not find its call still under way.
        using var atWork = work.Warrant?.Work();
        if (work.Asker.IsCancellationRequested) return new Finished(login, null, null);
        if (work.Warrant is { IsInForce: false })
        {
            work.Fail(StepProblem.NoWarrant);
            return new Finished(login, null, null);
        }

        RobotFailure? failure;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, work.Asker);
        try
        {
            failure = await work.RunAsync(login.Client, either.Token);
        }
        catch (OperationCanceledException) when (work.Asker.IsCancellationRequested)
        {
            return new Finished(login, null, null);
        }

        return new Finished(login, failure?.Error == RobotError.Unauthorized ? print : null, (work as Inventory)?.Found);
    }

    /// <summary>Tells two contents of a Secret apart without keeping either.</summary>
    private static string Print(Secret secret) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{secret.Text(UserKey)}\n{secret.Text(PasswordKey)}")));

    internal abstract record Message;

    /// <summary>Something to ask Robot. It answers its asker itself, exactly once.</summary>
    internal abstract record Work : Message
    {
        /// <summary>Cancelled when nobody waits for the answer any more: a call that nobody waits for is not made.</summary>
        public CancellationToken Asker { get; init; }

        /// <summary>Under what right it changes something; null for a question.</summary>
        public Warrant? Warrant { get; init; }

        public abstract Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation);

        public abstract void Fail(StepProblem problem);
    }

    internal sealed record Call<T>(Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> Ask, IActorRef<Outcome<T, StepProblem>> ReplyTo) : Work
    {
        public override async Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation)
        {
            var outcome = await Ask(client, cancellation);
            ReplyTo.Tell(outcome.TryGet(out var value, out var failure) ? Outcome<T, StepProblem>.Of(value) : StepProblem.From(failure));
            return outcome.Failure;
        }

        public override void Fail(StepProblem problem) => ReplyTo.Tell(problem);
    }

    /// <summary>All servers of the account, at most a minute old.</summary>
    internal sealed record Inventory(IActorRef<Outcome<IReadOnlyList<RobotServer>, StepProblem>> ReplyTo) : Work
    {
        public IReadOnlyList<RobotServer>? Found { get; private set; }

        public override async Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation)
        {
            var outcome = await client.ListServers(cancellation);
            if (outcome.TryGet(out var servers, out var failure))
            {
                Found = servers;
                ReplyTo.Tell(Outcome<IReadOnlyList<RobotServer>, StepProblem>.Of(servers));
            }
            else
            {
                ReplyTo.Tell(StepProblem.From(failure));
            }

            return failure;
        }

        public override void Fail(StepProblem problem) => ReplyTo.Tell(problem);
    }

    internal sealed record Login(string Print, RobotClient Client);

    private sealed record Finished(Login? Login, string? Refused, IReadOnlyList<RobotServer>? Servers) : Message;
}
