using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class LostWishesTests
{
    private static readonly ServerNumber s_server = new(7);
    private static readonly ServerMessage s_wish = new ServerMessage.Hear(new ServerInput.WishObserved(new ServerWish { Number = s_server, Robot = null }));

    [Fact]
    public void A_wish_is_missed_wherever_on_its_way_it_was_not_taken()
    {
        Assert.Equal(s_server, Of(s_wish));
        Assert.Equal(s_server, Of(new Envelope(s_server, s_wish)));
        Assert.Equal(s_server, Of(new RegionMessage<Envelope>.Deliver(new Envelope(s_server, s_wish))));
    }

    [Fact]
    public void Nothing_else_is_told_again()
    {
        Assert.Null(Of(new ServerMessage.LookAgain()));
        Assert.Null(Of(new Envelope(s_server, new ServerMessage.Hear(new ServerInput.DeadlineCame()))));
        Assert.Null(Of("a message of somebody else"));
    }

    private static ServerNumber? Of(object message) => LostWishes.ServerOf(new DeadLetter(new ActorPath("/servers"), message, DeadLetterReason.MailboxFull));
}
