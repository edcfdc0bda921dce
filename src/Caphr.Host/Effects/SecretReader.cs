using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Effects;

/// <summary>Reads Secrets at the moment of use. Nothing is kept, so a rotation is seen by the next step.</summary>
internal sealed class SecretReader(KubernetesClient kubernetes)
{
    public async Task<Outcome<Secret, StepProblem>> ReadAsync(ObjectName name, string what, string[] keys, CancellationToken cancellation)
    {
        var read = await kubernetes.GetAsync<Secret>(new ObjectKey(name.Namespace, name.Name), cancellation);
        if (!read.TryGet(out var secret, out var failure))
        {
            return failure.Error == KubernetesError.NotFound
                ? new StepProblem("SecretMissing", $"There is no Secret {name}, which should hold {what}. Create it with {Keys(keys)}.", Advice.WaitForPerson)
                : StepProblem.From(failure);
        }

        return keys.FirstOrDefault(key => string.IsNullOrWhiteSpace(secret.Text(key))) is { } missing
            ? new StepProblem("SecretIncomplete", $"Secret {name}, which should hold {what}, has no value under {missing}. It needs {Keys(keys)}.", Advice.WaitForPerson)
            : secret;
    }

    private static string Keys(string[] keys) => keys.Length == 1 ? $"the key {keys[0]}" : $"the keys {string.Join(" and ", keys)}";
}
