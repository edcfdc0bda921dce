using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public class AskAndPipeTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Stage _stage = new();
    private readonly List<string> _heard = [];

    private sealed record Question(string Text, IActorRef<string> ReplyTo);

    [Fact]
    public async Task An_answer_completes_the_question()
    {
        var oracle = Oracle(answers: true);
        Task<string>? answer = null;
        _stage.Dispatcher.Run(() => answer = oracle.Ask<string>(replyTo => new Question("why", replyTo), s_second));

        _stage.Settle();

        Assert.True(answer!.IsCompleted);
        Assert.Equal("why? because", await answer);
    }

    [Fact]
    public async Task A_question_without_an_answer_times_out_and_a_late_answer_is_a_dead_letter()
    {
        var lost = _stage.Published<DeadLetter>();
        IActorRef<string>? replyTo = null;
        var oracle = _stage.Start(() => new Scripted<Question>((_, question) => replyTo = question.ReplyTo));
        Task<string>? answer = null;
        _stage.Dispatcher.Run(() => answer = oracle.Ask<string>(reply => new Question("why", reply), s_second));

        _stage.Pass(s_second);

        Assert.True(answer!.IsFaulted);
        await Assert.ThrowsAsync<AskTimeoutException>(() => answer);
        replyTo!.Tell("too late");
        _stage.Settle();
        Assert.Equal("too late", Assert.Single(lost).Message);
    }

    [Theory]
    [InlineData(true, "answered: why? because")]
    [InlineData(false, "timed out")]
    public void An_actor_that_asks_hears_the_answer_or_the_lack_of_one_as_a_message(bool answers, string heard)
    {
        var oracle = Oracle(answers);
        _stage.Start(
            () => new Scripted<string>((_, message) => _heard.Add(message))
            {
                OnStart = self => self.Context.Ask<Question, string>(
                    oracle, reply => new Question("why", reply), s_second, answered: text => $"answered: {text}", timedOut: () => "timed out"),
            },
            "asking");

        _stage.Pass(s_second * 2);

        Assert.Equal([heard], _heard);
    }

    [Fact]
    public void Piped_work_that_throws_fails_the_actor_unless_it_wants_to_hear_of_it()
    {
        var failed = _stage.Published<ActorFailed>();
        var actor = _stage.Start(() => new Scripted<string>((self, message) =>
        {
            switch (message)
            {
                case "careless":
                    self.Context.PipeToSelf<string>(_ => throw new InvalidOperationException("broken"), result => result);
                    break;
                case "careful":
                    self.Context.PipeToSelf<string>(_ => throw new InvalidOperationException("broken"), result => result, cause => $"heard: {cause.Message}");
                    break;
                default:
                    _heard.Add(message);
                    break;
            }
        }));

        actor.Tell("careful");
        _stage.Settle();
        Assert.Equal(["heard: broken"], _heard);
        Assert.Empty(failed);

        actor.Tell("careless");
        _stage.Settle();
        Assert.Equal("broken", Assert.Single(failed).Cause.Message);
    }

    [Fact]
    public void Work_of_an_incarnation_is_cancelled_with_it_and_its_result_never_reaches_the_next()
    {
        var stubborn = new TaskCompletionSource<string>();
        CancellationToken seen = default;
        var actor = _stage.Start(() => new Scripted<string>((self, message) =>
        {
            switch (message)
            {
                case "work":
                    self.Context.PipeToSelf(
                        cancellation =>
                        {
                            seen = cancellation;
                            return stubborn.Task;
                        },
                        result => result);
                    break;
                case "poison":
                    throw new InvalidOperationException(message);
                default:
                    _heard.Add(message);
                    break;
            }
        }));
        actor.Tell("work");
        actor.Tell("poison");
        _stage.Pass(TimeSpan.FromMinutes(1));

        Assert.True(seen.IsCancellationRequested);
        _stage.Dispatcher.Run(() => stubborn.SetResult("from an earlier life"));
        actor.Tell("fresh");
        _stage.Settle();

        Assert.Equal(["fresh"], _heard);
    }

    [Fact]
    public void An_adapter_translates_for_those_who_speak_another_language()
    {
        IActorRef<int>? numbers = null;
        _stage.Start(() => new Scripted<string>((_, message) => _heard.Add(message)) { OnStart = self => numbers = self.Context.Adapt<int>(number => $"number {number}") });
        _stage.Settle();

        numbers!.Tell(7);
        _stage.Settle();

        Assert.Equal(["number 7"], _heard);
    }

    [Fact]
    public void A_translation_that_fails_is_recorded_and_is_no_concern_of_who_tells()
    {
        var failed = _stage.Published<ActorFailed>();
        IActorRef<int>? numbers = null;
        var translator = _stage.Start(
            () => new Scripted<string>((_, message) => _heard.Add(message)) { OnStart = self => numbers = self.Context.Adapt<int>(number => number > 0 ? $"{number}" : throw new InvalidOperationException("not a number")) });
        _stage.Settle();

        numbers!.Tell(0);
        numbers.Tell(7);
        _stage.Settle();

        Assert.Equal(["7"], _heard);
        Assert.Equal((translator.Path, typeof(int), "not a number"), failed.Select(failure => (failure.Actor, failure.MessageType, failure.Cause.Message)).Single());
    }

    [Fact]
    public void A_subscriber_that_cannot_take_more_trouble_breeds_no_more_of_it()
    {
        var told = new List<string>();
        var log = _stage.Start(
            () => new Scripted<string>((_, message) => told.Add(message))
            {
                OnStart = self =>
                {
                    self.Context.Subscribe<DeadLetter>(letter => $"lost {letter.Message}");
                    self.Context.Subscribe<ActorFailed>(_ => throw new InvalidOperationException("cannot say"));
                },
            },
            "log",
            capacity: 2);
        _stage.Settle();

        for (var i = 1; i <= 3; i++) log.Tell($"{i}");
        _stage.System.EventStream.Publish(new ActorFailed(log.Path, MessageType: null, new InvalidOperationException(), Directive.Resume, TimeSpan.Zero));
        _stage.Settle();

        Assert.Equal(["1", "2"], told);
    }

    [Fact]
    public void Work_that_objects_to_being_cancelled_does_not_keep_its_actor_from_ending()
    {
        var failed = _stage.Published<ActorFailed>();
        var actor = _stage.Start(() => new Scripted<string>((_, _) => { })
        {
            OnStart = self => self.Context.PipeToSelf(
                async cancellation =>
                {
                    cancellation.Register(() => throw new InvalidOperationException("I object"));
                    return await new TaskCompletionSource<string>().Task;
                },
                result => result),
        });
        _stage.Settle();

        _stage.System.Stop(actor);
        _stage.Settle();

        Assert.False(_stage.IsAlive(actor));
        Assert.Equal("I object", Assert.Single(failed).Cause.InnerException!.Message);
    }

    [Fact]
    public void A_subscription_ends_with_the_incarnation_that_made_it()
    {
        var actor = _stage.Start(() => new Scripted<string>((_, message) =>
        {
            if (message == "poison") throw new InvalidOperationException(message);
            _heard.Add(message);
        })
        {
            OnStart = self => self.Context.Subscribe<int>(number => $"number {number}"),
        });
        _stage.Settle();

        _stage.System.EventStream.Publish(1);
        _stage.System.EventStream.Publish("not a number");
        actor.Tell("poison");
        _stage.Pass(TimeSpan.FromMinutes(1));
        _stage.System.EventStream.Publish(2);
        _stage.Settle();

        Assert.Equal(["number 1", "number 2"], _heard);
    }

    private IActorRef<Question> Oracle(bool answers) => _stage.Start(
        () => new Scripted<Question>((_, question) =>
        {
            if (answers) question.ReplyTo.Tell($"{question.Text}? because");
        }),
        "oracle");
}
