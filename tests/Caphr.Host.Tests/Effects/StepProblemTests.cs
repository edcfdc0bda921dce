using Caphr.Host.Effects;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Tests.Effects;

public sealed class StepProblemTests
{
    [Fact]
    public void An_answer_of_several_lines_is_one_sentence() => Assert.Equal(
        "Talos refuses the machine configuration: 2 errors occurred: * no endpoint * no CA.",
        StepProblem.From(new TalosFailure(TalosError.ConfigurationInvalid, "2 errors occurred:\n\t* no endpoint\n\t* no CA\n")).Message);
}
