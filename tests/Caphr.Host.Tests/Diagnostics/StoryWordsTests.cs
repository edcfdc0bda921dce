using Caphr.Actors.Servers;
using Caphr.Host.Diagnostics;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Diagnostics;

public sealed class StoryWordsTests
{
    [Fact]
    public void Every_event_is_told_in_words_of_its_own()
    {
        var examples = FrozenStory.Servers.Values.SelectMany(events => events).ToLookup(one => one.GetType());
        var silent = typeof(ServerEvent).GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(ServerEvent)))
            .Where(type => !examples.Contains(type) || examples[type].Any(one => StoryWords.Known(one) is null))
            .Select(type => type.Name);

        Assert.True(!silent.Any(), $"Give these a sentence in EventTexts or StoryWords, and an example in FrozenStory: {string.Join(", ", silent)}");
    }

    [Fact]
    public void An_event_that_nobody_found_words_for_is_told_by_its_name()
    {
        var novel = new PowerSupplyChanged(Objects.Now);
        Assert.Null(StoryWords.Known(novel));
        Assert.Equal("Power supply changed.", StoryWords.Sentence(novel));
        Assert.Equal("PowerSupplyChanged", StoryWords.Cause(novel));
    }

    [Fact]
    public void A_reset_is_CAPHRs_own_deed_until_Robot_has_confirmed_it()
    {
        Assert.Equal(StoryWords.Caphr, StoryWords.Who(new ServerEvent.ResetIntended(Objects.Now, Objects.Now)));
        Assert.Equal(StoryWords.Caphr, StoryWords.Who(new ServerEvent.ResetPressed(Objects.Now, Known: false)));
        Assert.Equal(StoryWords.Robot, StoryWords.Who(new ServerEvent.ResetPressed(Objects.Now, Known: true)));
    }

    private sealed record PowerSupplyChanged(DateTimeOffset At) : ServerEvent(At);
}
