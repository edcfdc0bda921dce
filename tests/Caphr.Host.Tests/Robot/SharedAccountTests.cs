using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Host.Journals;
using Caphr.Host.Robot;
using Caphr.Host.Tests.Journals;
using Caphr.Protocols;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Tests.Kubernetes;

namespace Caphr.Host.Tests.Robot;

/// <summary>Two replicas, each with its own actors and its own connection to one real PostgreSQL, on threads and in real time.</summary>
public sealed class SharedAccountTests : IAsyncLifetime
{
    private static readonly ObjectName s_secret = new("default", "robot");

    private readonly SimulatedRobot _robot = new(new RealTime());
    private readonly List<IAsyncDisposable> _owned = [];
    private RobotAccounts[] _replicas = [];

    private string Password { get; set; } = "correct";

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        _replicas = [await StartAsync(database), await StartAsync(database)];
    }

    public async Task DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_owned)) await one.DisposeAsync();
    }

    [Fact]
    public async Task Wrong_credentials_cause_exactly_one_login_across_two_replicas()
    {
        Password = "wrong";

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AskAsync(i)));
        var later = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AskAsync(i)));

        Assert.All([.. answers, .. later], answer => Assert.Equal("RobotCredentialsRefused", answer.Failure?.Reason));
        Assert.Equal([401], _robot.Seen.Select(request => request.Status));
    }

    [Fact]
    public async Task A_mended_secret_is_tried_once_and_what_is_still_wrong_is_tried_once_too()
    {
        Password = "wrong";
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AskAsync(i)));
        Password = "wrong in another way";
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AskAsync(i)));
        Assert.Equal([401, 401], _robot.Seen.Select(request => request.Status));

        Password = "correct";
        var mended = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AskAsync(i)));

        Assert.All(mended, answer => Assert.True(answer.Succeeded));
        Assert.Equal(2, _robot.Seen.Count(request => request.Status == 401));
    }

    /// <summary>On threads, where two calls are under way at the same moment.</summary>
    [Fact]
    public async Task A_changed_password_costs_a_busy_replica_fewer_logins_than_block_an_address_however_many_secrets_hold_it()
    {
        var secrets = Enumerable.Range(0, 6).Select(cluster => new ObjectName($"cluster-{cluster}", "robot")).ToList();
        Assert.All(await AskAllAsync(), answer => Assert.True(answer.Succeeded));
        _robot.Password = "changed";

        var answers = await AskAllAsync();

        Assert.All(answers, answer => Assert.Equal("RobotCredentialsRefused", answer.Failure?.Reason));
        Assert.InRange(_robot.Seen.Count(request => request.Status == 401), 1, 2);

        Task<Outcome<Done, StepProblem>[]> AskAllAsync() => Task.WhenAll(from secret in secrets from i in Enumerable.Range(0, 4) select AskAsync(2 * i, secret: secret));
    }

    [Fact]
    public async Task Two_replicas_do_not_make_two_budgets()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AskAsync(i, RobotQuota.Of(HttpMethod.Post, "/reset/{server}"))));

        Assert.Equal(36, answers.Count(answer => answer.Succeeded));
        Assert.Equal(36, _robot.Seen.Count);
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure.Reason == "RobotQuotaExhausted"));
    }

    private Task<Outcome<Done, StepProblem>> AskAsync(int number, RobotQuota? quota = null, ObjectName? secret = null)
    {
        var ask = new RobotAsk<Done>(quota ?? RobotQuota.Of(HttpMethod.Get, "/reset"), (robot, cancellation) => robot.Reset(number, ResetType.Hardware, cancellation));
        return _replicas[number % 2].ReadAsync(secret ?? s_secret, RobotLane.Provision, ask, default);
    }

    private async Task<RobotAccounts> StartAsync(string database)
    {
        var journal = (await PostgresJournal.OpenAsync(database + ";Pooling=true", default)).Value;
        var system = new ActorSystem("replica", new RealTime(), new Random(1), new ThreadPoolDispatcher());
        _owned.AddRange([journal, system]);
        return new RobotAccounts(system, _ => _ => Task.FromResult<Outcome<RobotCredentials, StepProblem>>(new RobotCredentials("#ws+test", Password)), _robot.Client, journal.RobotLedger, new Budget(Budget.DefaultReserve));
    }
}
