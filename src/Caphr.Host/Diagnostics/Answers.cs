namespace Caphr.Host.Diagnostics;

// What a running host answers, as the JSON of its socket. Members are only ever added: scripts read them.

internal sealed record ActorAnswer(string Path, string Type, string State, string Activity, int Mailbox, int Restarts, string? LastFailure, IReadOnlyList<ActorAnswer> Children);

/// <param name="Owner">The replica that works the shard; null while nobody does.</param>
/// <param name="Here">The replica that answers works it.</param>
/// <param name="Servers">Servers of this shard that have a HetznerRobotHost or an actor.</param>
internal sealed record ShardAnswer(int Shard, string? Owner, long Epoch, bool Here, IReadOnlyList<int> Servers);

/// <param name="Says">Only of itself can a replica tell why it stands by.</param>
internal sealed record MemberAnswer(string Name, bool IsMe, bool SharesJournal, double LeaseSeconds, int Shards, string Says);

/// <param name="Replica">Who works the server; null while nobody does.</param>
/// <param name="Here">Told by the server's own actor; otherwise by its HetznerRobotHost.</param>
internal sealed record ServerLine(int Number, string? Host, string Phase, DateTimeOffset? Since, string? Machine, string? Replica, bool Here, string Says);

/// <param name="Here">Told by the server's own actor; otherwise made from its journal, which knows no running step.</param>
/// <param name="Until">When the present phase is given up or begun anew.</param>
/// <param name="Says">What it waits for, in a sentence.</param>
/// <param name="Effect">The step that runs, or that is to run.</param>
internal sealed record ServerAnswer(
    int Number,
    string? Host,
    string Phase,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    DateTimeOffset? PausedSince,
    string? Replica,
    bool Here,
    string Says,
    EffectAnswer? Effect,
    IReadOnlyList<Fact> Facts);

/// <param name="NotBefore">Waits until then, because the try before did not succeed.</param>
/// <param name="Note">What the running step says of itself.</param>
internal sealed record EffectAnswer(string Name, int Step, DateTimeOffset? NotBefore, string? Note, double? Fraction);

internal sealed record Fact(string Name, string Value);

/// <param name="Phase">In which the event left the server.</param>
/// <param name="Cause">The event, or the reason of a refusal, in one CamelCase word.</param>
/// <param name="Who">Whose word or deed it was.</param>
/// <param name="Because">What led to it, as the end of a sentence; null where the text says it all.</param>
internal sealed record StoryLine(long Sequence, DateTimeOffset At, string Phase, string Cause, string Who, string Text, string? Because);

/// <param name="Closed">Why nothing is asked; null while Robot is.</param>
internal sealed record RobotAnswer(string Account, DateTimeOffset At, string? Closed, long Calls, long Spared, IReadOnlyList<QuotaAnswer> Quotas, IReadOnlyList<LaneAnswer> Lanes);

internal sealed record QuotaAnswer(string Endpoint, int Used, int Allowance, int PerHour, string? Closed);

internal sealed record LaneAnswer(string Lane, int Waiting, double LongestWaitSeconds, long Served);

internal sealed record JournalAnswer(string Id, string Place, long Events, int Actors, long LastOffset, DateTimeOffset? First, DateTimeOffset? Last);

/// <summary>A page of the journal, as it is stored.</summary>
internal sealed record JournalPage(string Id, long LastOffset, IReadOnlyList<StoredEvent> Events);

internal sealed record StoredEvent(long Offset, string Actor, long Sequence, string Manifest, int Version, DateTimeOffset At, string Payload);

/// <param name="Why">From the object inwards, each a sentence.</param>
/// <param name="ToDo">What a person can do; empty when there is nothing.</param>
internal sealed record Explanation(string Object, bool Ready, IReadOnlyList<string> Why, IReadOnlyList<string> ToDo);

/// <summary>Why there is no answer.</summary>
internal sealed record Refusal(string Error);
