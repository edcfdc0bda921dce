using System.Collections.Concurrent;

namespace Caphr.Host.Robot;

/// <summary>What all accounts of this process know of their logins together. As many as there were passwords since it began: they are changed by people.</summary>
internal sealed class KnownLogins(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string User, string Print), KnownLogin> _logins = [];

    public KnownLogin Of(string user, string print) => _logins.GetOrAdd((user, print), _ => new KnownLogin(clock));
}
