using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>
/// Writes Events that <c>kubectl describe</c> lists under an object. The same thing said again raises the count of the Event that said it
/// first. Remembers the last <see cref="Memory"/> Events; one that was forgotten is simply written anew. An object that has too much to say
/// is cut short (<see cref="EventBudget"/>), because etcd keeps every Event for an hour and all controllers share it.
/// </summary>
public sealed class KubernetesEvents(KubernetesClient client, string component, string host, TimeProvider time, Random random)
{
    private const int Memory = 1024;

    /// <summary>The API server refuses longer ones.</summary>
    private const int LongestMessage = 1024;

    private readonly Turnstile _oneAtATime = new();
    private readonly Dictionary<Saying, Said> _said = [];
    private readonly Queue<Saying> _oldestFirst = [];
    private readonly EventBudget _budget = new();

    /// <summary>How many Events were not written because their objects had said too much already.</summary>
    public long CutShort => _budget.Spared;

    public Task<Outcome<Done, KubernetesFailure>> NormalAsync(ObjectReference about, string reason, string message, CancellationToken cancellation) =>
        RecordAsync(about, "Normal", reason, message, cancellation);

    public Task<Outcome<Done, KubernetesFailure>> WarningAsync(ObjectReference about, string reason, string message, CancellationToken cancellation) =>
        RecordAsync(about, "Warning", reason, message, cancellation);

    private async Task<Outcome<Done, KubernetesFailure>> RecordAsync(
        ObjectReference about, string type, string reason, string message, CancellationToken cancellation)
    {
        var saying = new Saying(about.Kind, new ObjectKey(about.Namespace, about.Name), about.Uid, type, reason, Shortened(message));
        using var turn = await _oneAtATime.EnterAsync(cancellation);
        if (!_budget.Take(saying.Kind, saying.Object, time.GetUtcNow())) return default(Done);
        if (_said.TryGetValue(saying, out var said))
        {
            var again = await RepeatAsync(saying, said, cancellation);
            // Events live for an hour: the first may be gone by now.
            if (again.Failure?.Error != KubernetesError.NotFound) return again;
        }

        return await SayAsync(about, saying, cancellation);
    }

    private async Task<Outcome<Done, KubernetesFailure>> SayAsync(ObjectReference about, Saying saying, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var where = about.Namespace.Length == 0 ? "default" : about.Namespace;
        var name = string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{random.NextInt64():x16}");
        var answer = await client.CreateAsync(
            new KubernetesEvent
            {
                Metadata = new ObjectMeta { Name = name, Namespace = where },
                InvolvedObject = about,
                Type = saying.Type,
                Reason = saying.Reason,
                Message = saying.Message,
                Source = new EventSource { Component = component, Host = host },
                Count = 1,
                FirstTimestamp = now,
                LastTimestamp = now,
            },
            cancellation);
        if (!answer.TryGet(out _, out var failure)) return failure;
        Remember(saying, new Said(new ObjectKey(where, name), 1));
        return default(Done);
    }

    private async Task<Outcome<Done, KubernetesFailure>> RepeatAsync(Saying saying, Said said, CancellationToken cancellation)
    {
        var next = said with { Count = said.Count + 1 };
        var body = new JsonObject { ["count"] = next.Count, ["lastTimestamp"] = KubernetesJson.Time(time.GetUtcNow()) };
        var answer = await client.PatchAsync<KubernetesEvent>(said.Key, Patch.Merge(body), cancellation);
        if (!answer.TryGet(out _, out var failure)) return failure;
        _said[saying] = next;
        return default(Done);
    }

    private void Remember(Saying saying, Said said)
    {
        if (!_said.ContainsKey(saying)) _oldestFirst.Enqueue(saying);
        _said[saying] = said;
        if (_oldestFirst.Count > Memory) _said.Remove(_oldestFirst.Dequeue());
    }

    private static string Shortened(string message) => message.Length <= LongestMessage ? message : message[..(LongestMessage - 1)] + "…";

    private sealed record Saying(string Kind, ObjectKey Object, string? Uid, string Type, string Reason, string Message);

    private sealed record Said(ObjectKey Key, int Count);
}
