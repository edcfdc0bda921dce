namespace Caphr.Host.Robot;

/// <summary>
/// What this process knows of one login, whatever Secrets hold it, and whose turn it is to use it. Calls side by side are wrong logins side by side, should
/// the password be changed at Robot just then: all that use the login together stay below the three that block an address.
/// </summary>
internal sealed class KnownLogin(TimeProvider clock)
{
    public const int Slots = 2;

    public const int SlotsOnTrial = 1;

    /// <summary>For how long Robot's last yes is relied upon.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromMinutes(1);

    /// <summary>For how long a rejection is taken from memory. Then the ledger is asked, because a person may have deleted its row.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<Turn>> _waiting = [];
    private int _underWay;
    private DateTimeOffset _acceptedUntil;
    private DateTimeOffset _writtenUntil;
    private volatile LoginRejection? _rejection;

    public LoginRejection? Rejection => _rejection;

    /// <summary>Whoever came first goes first. A turn ends when it is disposed, and not before what it has brought is known here.</summary>
    public async Task<Turn> TakeTurnAsync(CancellationToken cancellation)
    {
        var place = new TaskCompletionSource<Turn>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(place);
            LetIn();
        }

        using var gone = cancellation.Register(() => place.TrySetCanceled(cancellation));
        return await place.Task;
    }

    /// <returns>Until when the ledger should say so too; null when what it says lasts for a while.</returns>
    public DateTimeOffset? Accept()
    {
        lock (_gate)
        {
            // The answer to an older call may come behind the one that says that the login is refused by now.
            if (_rejection is not null) return null;
            _acceptedUntil = clock.GetUtcNow() + Trust;
            return _writtenUntil < _acceptedUntil - (Trust / 2) ? _acceptedUntil : null;
        }
    }

    public void AcceptanceWritten(DateTimeOffset until)
    {
        lock (_gate) _writtenUntil = until;
    }

    public void Reject(bool isWritten)
    {
        lock (_gate)
        {
            _rejection = new LoginRejection(clock.GetUtcNow() + s_memory, isWritten);
            _acceptedUntil = _writtenUntil = default;
        }
    }

    /// <summary>Only whoever tries the login, and so is alone with it, knows that no rejection has come in meanwhile.</summary>
    public void Pardon() => _rejection = null;

    private void LetIn()
    {
        var isTrial = _acceptedUntil <= clock.GetUtcNow();
        var slots = isTrial ? SlotsOnTrial : Slots;
        while (_underWay < slots && _waiting.TryDequeue(out var next))
        {
            if (next.TrySetResult(new Turn(this, isTrial))) _underWay++;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _underWay--;
            LetIn();
        }
    }

    /// <param name="IsTrial">Nobody has heard lately whether Robot takes the login, and no other call of this process uses it.</param>
    internal sealed record Turn(KnownLogin Login, bool IsTrial) : IDisposable
    {
        public void Dispose() => Login.End();
    }
}

/// <param name="Until">When the ledger is asked again.</param>
internal sealed record LoginRejection(DateTimeOffset Until, bool IsWritten);
