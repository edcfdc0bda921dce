using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Caphr.Protocols;

/// <summary>
/// What a call to the outside came to: a value, or a failure that says which and why. The world's refusals are values;
/// exceptions are left for bugs and for cancellation.
/// </summary>
public readonly record struct Outcome<T, TFailure>
    where TFailure : class
{
    private readonly T? _value;

    private Outcome(T? value, TFailure? failure)
    {
        _value = value;
        Failure = failure;
    }

    public TFailure? Failure { get; }

    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    public T Value => Succeeded ? _value! : throw new UnreachableException("The value of a failed outcome was asked for.");

    public static implicit operator Outcome<T, TFailure>(T value) => new(value, failure: null);

    public static implicit operator Outcome<T, TFailure>(TFailure failure) => new(default, failure);

    /// <summary>For values whose type is an interface, which C# does not convert implicitly.</summary>
    public static Outcome<T, TFailure> Of(T value) => new(value, failure: null);

    public Outcome<TOther, TFailure> Then<TOther>(Func<T, TOther> next) => Succeeded ? next(Value) : Failure;

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out TFailure? failure)
    {
        value = _value;
        failure = Failure;
        return failure is null;
    }
}

/// <summary>The value of an outcome that has none to give.</summary>
public readonly record struct Done;

/// <summary>What a failure asks of the one who called. Every protocol maps its error enum to this in exactly one place.</summary>
public enum RetryClass
{
    /// <summary>The same call will be refused again.</summary>
    Never,

    /// <summary>The other side named the time to wait.</summary>
    AfterTime,

    /// <summary>The world is in the way just now.</summary>
    WithBackoff,

    /// <summary>Nothing helps until a person changes something (a credential, a quota, a cable).</summary>
    NeedsHuman,

    /// <summary>The call may or may not have been carried out: observe before anything else.</summary>
    Unknown,
}
