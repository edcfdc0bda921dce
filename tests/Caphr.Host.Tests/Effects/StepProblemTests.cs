using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Tests.Effects;

public sealed class StepProblemTests
{
    [Fact]
    public void An_answer_of_several_lines_is_one_sentence() => Assert.Equal(
        "Talos refuses the machine configuration: 2 errors occurred: * no endpoint * no CA.",
        StepProblem.From(new TalosFailure(TalosError.ConfigurationInvalid, "2 errors occurred:\n\t* no endpoint\n\t* no CA\n")).Message);

    [Fact]
    public void Whatever_the_API_server_answers_counts_as_no_failure_of_a_server_and_sets_no_pace() => Assert.All(
        Enum.GetValues<KubernetesError>(),
        error =>
        {
            var problem = StepProblem.From(new KubernetesFailure(error, "It was not answered.") { RetryAfter = TimeSpan.Zero });
            Assert.Equal((Advice.WaitForPerson, null), (problem.Advice, problem.Wait));
        });

    [Theory]
    [InlineData(RobotError.ServerError)]
    [InlineData(RobotError.TimedOut)]
    [InlineData(RobotError.ConnectionLost)]
    public void A_Robot_that_is_ill_uses_up_nobodys_attempts_and_a_change_it_may_have_made_stays_unknown(RobotError error)
    {
        Assert.Equal(Advice.WaitForPerson, StepProblem.From(new RobotFailure { Error = error, Method = HttpMethod.Get, Template = "/reset/{server}" }).Advice);
        Assert.Null(StepProblem.From(new RobotFailure { Error = error, Method = HttpMethod.Post, Template = "/reset/{server}" }).Advice);
    }
}
