using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;

namespace Caphr.Host.Control;

/// <summary>Finds the wish in a message that nobody took, at each station on its way to the server.</summary>
internal static class LostWishes
{
    public static ServerNumber? ServerOf(DeadLetter dead) => dead.Message switch
    {
        RegionMessage<Envelope>.Deliver { Message.Message: var message } => ServerOf(message),
        Envelope { Message: var message } => ServerOf(message),
        ServerMessage message => ServerOf(message),
        _ => null,
    };

    private static ServerNumber? ServerOf(ServerMessage message) => message is ServerMessage.Hear { Input: ServerInput.WishObserved { Wish.Number: var number } } ? number : null;
}
